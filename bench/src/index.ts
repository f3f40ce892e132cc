/**
 * Measures claims, each beside what it is compared with, in one run. Nothing imports it.
 */
export { ack } from './ack.js';
export { join } from './join.js';
export { push } from './push.js';
