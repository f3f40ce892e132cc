/**
 * Measures claims, each beside what it is compared with, in one run. Nothing imports it.
 */
export { ack } from './benches/ack.js';
export { curves } from './benches/curves.js';
export { fleetPublish } from './benches/fleet-publish.js';
export { importFleet } from './benches/import.js';
export { join } from './benches/join.js';
export { match } from './benches/match.js';
export { push } from './benches/push.js';
export { restart } from './benches/restart.js';
export { rollout } from './benches/rollout.js';
