/**
 * The MQTT edge: twins for devices, events and commands for services, ordinary messages between them.
 *
 * Promises a stranger can check:
 * - PUBACK of a report, and `$twin/accepted`, mean: on disk.
 * - On one connection the base of a desired message is the version of the one before it; after any absence a
 *   device gets at most one message.
 * - No client sees or changes anything outside its own space.
 */
export { Broker, type BrokerEdge, type BrokerParts } from './broker.js';
export type { EdgeOptions } from './edge/edge.js';
export type { EdgeClient, Qos, SendOutcome } from './edge/edge-client.js';
export type { EdgeHooks } from './edge/edge-hooks.js';
