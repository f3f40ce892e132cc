/**
 * Measures claims, each beside what it is compared with, in one run. Nothing imports it.
 */
export { ack } from './ack.js';
export { curves } from './curves.js';
export { fleetPublish } from './fleet-publish.js';
export { importFleet } from './import.js';
export { join } from './join.js';
export { match } from './match.js';
export { push } from './push.js';
export { restart } from './restart.js';
export { rollout } from './rollout.js';
