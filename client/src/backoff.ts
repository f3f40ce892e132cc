/** The bounds between which pauses grow, in milliseconds. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Full jitter: anything from nothing to a bound that doubles with every failure. `random` is in [0, 1). */
export function backoffMs({ firstMs, maxMs }: BackoffBounds, failures: number, random: number): number {
  return Math.floor(random * Math.min(maxMs, firstMs * 2 ** failures));
}
