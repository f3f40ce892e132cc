import { vi } from 'vitest';

/** Long enough for slow machines; a check ends as soon as it holds. */
export const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 40;

/** Repeats the check until it does not throw, and returns its result. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: TIMEOUT_MS, interval: INTERVAL_MS });
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
