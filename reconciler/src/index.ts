/**
 * Brings every device to the state its configurations ask for.
 *
 * Promises a stranger can check:
 * - When nothing waits any more, what every device should have equals the naive equation of `twin/` over its
 *   own layer and all enabled configurations whose condition is TRUE for it.
 * - A device that is as it should be gets no write, no version, no byte.
 * - Lost and repeated wake-ups are harmless; what only the sweep found is counted in `repaired`.
 * - Connected devices come before others; the event loop is held for a few milliseconds at a time.
 */
export { Reconciler, type ReconcilerParts } from './reconciler.js';
export { resolveDevice } from './resolve-device.js';
export { Tally } from './tally.js';
