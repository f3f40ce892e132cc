/** The bounds between which pauses grow, in milliseconds. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after so many earlier failures: anything from nothing to a bound that doubles with each, evenly
 * ("full jitter"), so that a fleet that lost its server together does not come back together. `random` is in [0, 1).
 */
export function backoffMs({ firstMs, maxMs }: BackoffBounds, failures: number, random: number): number {
  return Math.floor(random * Math.min(maxMs, firstMs * 2 ** failures));
}
