/**
 * The twin of one device, seen from the device.
 *
 * Promises a stranger can check:
 * - Every desired version passed to a handler is acknowledged once, as applied or failed. Only the newest version is
 *   passed, and after a crash it is passed again.
 * - A report resolves when the server has it on disk. Unanswered reports are sent again in order after a reconnect;
 *   merging waiting patches does not change the resulting document.
 * - No call waits for an answer to a message of an earlier connection.
 * - State is saved before any message that depends on it is sent.
 */
export { type DesiredHandler, Device, type DeviceEvents, type DeviceLink, type DeviceOptions } from './device.js';
export { Emitter } from './emitter.js';
export type { LinkListener, LinkOptions, TlsOptions } from './link.js';
export { FileStorage } from './storage/file-storage.js';
export { type AcknowledgementState, type DeviceState, type DeviceStorage, MemoryStorage } from './storage/storage.js';
