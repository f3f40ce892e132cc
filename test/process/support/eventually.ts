import { vi } from 'vitest';

/** Slow machines are not wrong: long enough for any of them, and over as soon as it holds. */
export const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 40;

/** Tries until it does not throw, and answers what it answered then. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: TIMEOUT_MS, interval: INTERVAL_MS });
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
