import type { BackoffBounds } from '@muster/twin';
import { murmur3 } from './murmur3.js';

/** How long a device has what it had before, until the next attempt. */
const ROLLOUT_REST: BackoffBounds = { firstMs: 5_000, maxMs: 3_600_000 };

/** The least pause after so many attempts: it doubles with each, up to an hour. */
export function restMsMin(attempts: number): number {
  return Math.min(ROLLOUT_REST.maxMs, ROLLOUT_REST.firstMs * 2 ** (attempts - 1));
}

/**
 * The pause after so many attempts: up to half as much more, another for each device and attempt, and the same whenever
 * it is asked for. So devices that failed together do not come back together.
 */
export function restMs(device: string, attempts: number): number {
  const leastMs = restMsMin(attempts);
  return leastMs + Math.floor((leastMs / 2) * (murmur3(device, attempts) / 2 ** 32));
}
