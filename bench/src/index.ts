/**
 * Measures claims, each beside the figure that it is compared with, in one run. No package imports it.
 */
export { BENCHES } from './benches/benches.js';
