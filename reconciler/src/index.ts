/**
 * Brings every device to the state its configurations ask for.
 *
 * Promises a stranger can check:
 * - When nothing waits any more, what every device should have equals the naive equation of `twin/` over its
 *   own layer and all enabled configurations whose condition is TRUE for it.
 * - A device that is as it should be gets no write, no version, no byte.
 * - Lost and repeated wake-ups are harmless; what only the sweep found is counted in `repaired`, and nothing else is.
 * - What could not be read or written is tried again until it can.
 * - Connected devices come before others; the event loop is held for a few milliseconds at a time.
 * - What a preview says is what happens, as long as nothing else changes.
 */
export { indexingView, isScanned } from './indexing.js';
export { Reconciler, type ReconcilerParts } from './reconciler.js';
export { resolveDevice } from './resolve-device.js';
export { Tally } from './tally.js';
