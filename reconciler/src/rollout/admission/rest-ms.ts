import type { BackoffBounds } from '@muster/twin';
import { murmur3 } from './murmur3.js';

/** Pause before the next attempt; meanwhile the device keeps the previous document. */
const ROLLOUT_REST: BackoffBounds = { firstMs: 5_000, maxMs: 3_600_000 };

/** The pause without jitter: it doubles with each attempt, up to an hour. */
export function restMsMin(attempts: number): number {
  return Math.min(ROLLOUT_REST.maxMs, ROLLOUT_REST.firstMs * 2 ** (attempts - 1));
}

/**
 * The pause after this many attempts, with up to half of it added as jitter. The jitter depends on device and attempt
 * alone, so that devices that failed together do not return together.
 */
export function restMs(device: string, attempts: number): number {
  const leastMs = restMsMin(attempts);
  return leastMs + Math.floor((leastMs / 2) * (murmur3(device, attempts) / 2 ** 32));
}
