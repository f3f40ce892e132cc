/**
 * The MQTT broker: twins for devices, events and commands for services, ordinary messages between them.
 *
 * Promises:
 * - A report is on disk before its PUBACK and `$twin/accepted` are sent.
 * - On one connection, the base of a desired message is the version of the message before it.
 * - After an absence, a device gets at most one desired message.
 * - A client reads and publishes only topics within its rights.
 *
 * It may import api, registry and twin; the room `edge/` may import twin only.
 */
export { Broker, type BrokerEdge, type BrokerParts } from './broker.js';
export type { EdgeOptions } from './edge/edge.js';
export type { EdgeClient, Qos, SendOutcome } from './edge/edge-client.js';
export type { EdgeHooks } from './edge/edge-hooks.js';
