/**
 * The twin of one device, seen from the device.
 *
 * Promises a stranger can check:
 * - Every desired version that was handed to a handler is acknowledged, once per version, with how it went; only
 *   the newest is handed over, and after a crash it is handed over again.
 * - A report resolves when the server has it on disk. What was not answered is sent again after a reconnect, in
 *   order; merging patches that wait changes nothing about the document that results.
 * - Nothing waits for an answer to what was sent on an earlier connection.
 * - State is saved before anything that rests on it is sent.
 */
export { type DesiredHandler, Device, type DeviceEvents, type DeviceLink, type DeviceOptions } from './device.js';
export { Emitter } from './emitter.js';
export type { LinkListener, LinkOptions, TlsOptions } from './link.js';
export { FileStorage } from './storage/file-storage.js';
export { type AcknowledgementState, type DeviceState, type DeviceStorage, MemoryStorage } from './storage/storage.js';
