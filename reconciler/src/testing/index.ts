/** What the tests of this package share: a small world, random fleets and configurations, and the naive equation. */
export { configurationIds, configurations, deviceIds, layers, reported, tags } from './arbitrary.js';
export { FailingStore } from './failing-store.js';
export { applyingLayers, collect } from './naive.js';
export { configurationRecord, deviceRecord } from './record.js';
export { turns } from './turns.js';
export { startWorld, type World } from './world.js';
