/**
 * Brings every device to the state its configurations ask for.
 *
 * Promises a stranger can check:
 * - When nothing waits any more, what every device should have equals the naive equation of `twin/` over its
 *   own layer and all enabled configurations whose condition is TRUE for it, in the generation that their rollouts give it.
 * - How far a rollout has come is stored before anybody is admitted because of it; an admission is written together with
 *   the document that follows from it.
 * - A device that is as it should be gets no write, no version, no byte.
 * - Lost and repeated wake-ups are harmless; what only the sweep found is counted in `repaired`, and nothing else is.
 * - What could not be read or written is tried again until it can.
 * - Connected devices come before others; the event loop is held for a few milliseconds at a time.
 * - What a preview says is what happens, as long as nothing else changes.
 */

export { indexingView, scannedCondition } from './cache/indexing.js';
export { type PlannedWrite, UNNAMED_ID } from './preview/previewer.js';
export { Reconciler, type ReconcilerParts } from './reconciler.js';
export { admissionResult } from './rollout/admission/admission-result.js';
export { isAdmitted, layerOf } from './rollout/admission/layer-of.js';
export { rolloutRules } from './rollout/rollout-rules.js';
export { KnownTimezones, timezoneOf } from './rollout/schedule/timezone-of.js';
export { targetOf } from './rollout/target-of.js';
export type { FlapBound } from './stability/flap-damping.js';
export { StatusCounter } from './status/status-counter.js';
