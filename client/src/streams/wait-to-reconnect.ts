import { type BackoffBounds, backoffMs, type Clock } from '@muster/twin';
import { wait } from '../transport/wait.js';

const RECONNECT_BOUNDS: BackoffBounds = { firstMs: 500, maxMs: 30_000 };

/** The clock and the random numbers of a client. */
export interface Platform {
  readonly clock: Clock;
  readonly random: () => number;
}

/** Waits before the next connection, longer after each failure. Resolves early if the signal aborts. */
export async function waitToReconnect(
  { clock, random }: Platform,
  failures: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await wait(clock, backoffMs(RECONNECT_BOUNDS, failures, random()), signal).catch(() => {});
}
