/**
 * The `muster` command line.
 *
 * Promises a stranger can check:
 * - Data goes to stdout, everything else to stderr; `-q` leaves only data and errors.
 * - The exit code names the kind of failure: 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict,
 *   6 rollout failed, 124 timeout, 130 interrupted.
 * - Lists, imports and the change feed stream: memory does not grow with the fleet.
 * - Control characters in texts of devices and other operators are escaped.
 * - The token of a local data directory is sent only to this machine, or to the address in its `server.json`.
 */
export { EXIT } from './failure/exit-code.js';
export { run } from './run.js';
export type { Sink, Terminal } from './session/terminal.js';
