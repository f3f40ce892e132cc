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
export type { FlapBound } from './flap-damping.js';
export { indexingView, isScanned } from './indexing.js';
export { Reconciler, type ReconcilerParts } from './reconciler.js';
export { resolveDevice } from './resolve-device.js';
export { actOnRollout } from './rollout/act-on-rollout.js';
export { type AdmissionPlace, admissionOrder, compareAdmission } from './rollout/admission-order.js';
export { admissionResult } from './rollout/admission-result.js';
export { type AdmittingRollout, admit, isOfRollout } from './rollout/admit.js';
export {
  advanceRollout,
  type RolloutFacts,
  type RolloutStep,
  type RolloutTick,
  type RolloutWait,
  restoreRollout,
  spendAdmissions,
} from './rollout/advance-rollout.js';
export { isAdmitted, type LayerFacts, layerOf, type RolledLayer } from './rollout/layer-of.js';
export {
  type AdmissionFacts,
  type AdmissionStep,
  disconnected,
  nextAdmission,
  owesAnswer,
} from './rollout/next-admission.js';
export { putRollout, stableGeneration } from './rollout/put-rollout.js';
export { rolloutRules } from './rollout/rollout-rules.js';
export type { OrderedNumbers } from './rollout/sort-by-order.js';
export { exceedsPercent, targetOf } from './rollout/target-of.js';
export { type DeviceTimezone, KnownTimezones, timezoneOf } from './rollout/timezone-of.js';
export { type CompareTied, Waiting, type WaitingDevice } from './rollout/waiting.js';
export { type WallWindow, type WindowState, windowAt } from './rollout/window.js';
export { Tally } from './tally.js';
