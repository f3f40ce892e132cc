/** Reconnecting waits up to this after the first failure, twice as long after each further one. */
const RECONNECT_DELAY_FIRST_MS = 1_000;
const RECONNECT_DELAY_MAX_MS = 60_000;

/**
 * How long to wait before attempt number `failures + 1`: anything from nothing to the bound, evenly ("full
 * jitter"), so that a fleet that lost its server together does not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  return Math.floor(random * Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_DELAY_FIRST_MS * 2 ** failures));
}
