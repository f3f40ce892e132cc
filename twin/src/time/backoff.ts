/** The first and the greatest bound of a delay. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Returns the delay after `failures` failures: uniform between 0 and a bound that doubles each time (full jitter),
 * so that a fleet does not reconnect in step. `random` is in [0, 1).
 */
export function backoffMs({ firstMs, maxMs }: BackoffBounds, failures: number, random: number): number {
  return Math.floor(random * Math.min(maxMs, firstMs * 2 ** failures));
}
