/**
 * The client of a Muster server, for backend services, command lines and browsers.
 *
 * Promises a stranger can check:
 * - A refusal by the server is a TwinError with its code, text and details; a request that failed on the way is a
 *   NetworkError.
 * - GET, PUT and DELETE are retried after network errors and 503, a few times, with delays; a request is not retried if
 *   that could have a visible effect.
 * - The change feed yields every change in order over any number of connections, and a `gap` where changes are missing.
 * - Lists, queries, imports and feeds stream: memory does not grow with the fleet.
 * - No Node module is imported; MQTT is loaded by the first call of `events`.
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
