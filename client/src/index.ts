/**
 * A Muster server, seen from a backend service, a command line or a browser.
 *
 * Promises a stranger can check:
 * - What the server refuses is a TwinError with its code, text and details; what did not reach it a NetworkError.
 * - GET, PUT and DELETE are repeated after network errors and 503, a few times, with pauses; nothing is repeated
 *   whose repetition could show.
 * - The change feed yields every change in order over any number of connections, and a `gap` where it cannot.
 * - Lists, queries, imports and feeds stream: memory does not grow with the fleet.
 * - No module of Node is imported; MQTT is loaded with the first call of `events`.
 */

export { Client, type ClientOptions } from './client.js';
export type {
  BoundedAction,
  BoundedOptions,
  Configurations,
  PreviewInput,
  RolloutAction,
} from './resources/configurations.js';
export type { Devices, Query } from './resources/devices.js';
export type { Health } from './resources/health.js';
export type { ImportLine } from './resources/import-devices.js';
export type { PageOptions } from './resources/paging.js';
export type { ReadOptions, WriteOptions } from './resources/write-options.js';
export type { ChangesOptions } from './streams/changes.js';
export type { EventsOptions } from './streams/events.js';
export type { ServiceEvent } from './streams/service-event.js';
export type { WithETag } from './transport/http.js';
export { NetworkError } from './transport/network-error.js';
export { createSystemClock } from './transport/system-clock.js';
export { wait } from './transport/wait.js';
