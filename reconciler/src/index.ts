/**
 * Brings every device to the state its configurations ask for.
 *
 * It promises:
 * - When nothing is queued, every device has the result of the naive equation of `twin/`. Its layers are its own and all
 *   enabled configurations whose condition is TRUE, in the generation that their rollouts give it.
 * - The progress of a rollout is stored before it admits a device; an admission and its document are written together.
 * - A device that is up to date gets no write, no version, no byte.
 * - Lost and repeated signals are harmless; `repaired` counts exactly the devices that only the resync found.
 * - Reads and writes that fail are retried until they succeed.
 * - Connected devices come first; the event loop is held for a few milliseconds at a time.
 * - A write does what its preview says, as long as nothing else changes.
 */

export { indexingView, scannedCondition } from './cache/indexing.js';
export { DeviceWalk } from './fleet/device-walk.js';
export { type PlannedWrite, UNNAMED_ID } from './preview/previewer.js';
export { Reconciler, type ReconcilerParts } from './reconciler.js';
export { admissionResult } from './rollout/admission/admission-result.js';
export { isAdmitted, layerOf } from './rollout/admission/layer-of.js';
export { rolloutRules } from './rollout/rollout-rules.js';
export { KnownTimezones, timezoneOf } from './rollout/schedule/timezone-of.js';
export { targetOf } from './rollout/target-of.js';
export type { FlapBound } from './stability/flap-damping.js';
export { StatusCounter } from './status/status-counter.js';
