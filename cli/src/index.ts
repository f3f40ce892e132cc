/**
 * The `muster` command line.
 *
 * Promises a stranger can check:
 * - Data goes to stdout, everything else to stderr; `-q` leaves only data and errors.
 * - The exit code says what kind of failure it was: 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed,
 *   5 conflict, 124 timeout, 130 interrupted.
 * - Lists, imports and the change feed stream: memory does not grow with the fleet.
 * - Nothing that a device or another operator wrote reaches the terminal as a control character.
 * - The token of a local data directory is sent to servers on this machine only.
 */
export { EXIT } from './failure/exit-code.js';
export { run } from './run.js';
export type { Sink, Terminal } from './session/terminal.js';
