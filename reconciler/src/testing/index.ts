/** What the tests of this package share: a small world, random fleets and configurations, and the naive equation. */
export { makeDevice as deviceRecord } from '@muster/registry/testing';
export { configurationIds, configurations, deviceIds, layers, reported, tags } from './arbitrary.js';
export { configurationRecord } from './configuration-record.js';
export { FailingStore } from './failing-store.js';
export { GatedStore } from './gated-store.js';
export { applyingLayers, collect } from './naive.js';
export { plainPreview } from './plain-preview.js';
export { previewOf } from './preview-of.js';
export {
  admissionFacts,
  admissionOf,
  admittingRollout,
  policyOf,
  progressOf,
  standingOf,
} from './rollout.js';
export { RolloutChecks, type Trouble } from './rollout-checks.js';
export { RolloutFleet } from './rollout-fleet.js';
export { policies, type Story, type StoryStep, stories } from './rollout-story.js';
export { AUTH, RolloutWorld, rolloutDevice } from './rollout-world.js';
export { turns } from './turns.js';
export { startWorld, type World } from './world.js';
