import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it.each([
    { failures: 0, random: 0, delayMs: 0 },
    { failures: 0, random: 0.5, delayMs: 100 },
    { failures: 2, random: 0.5, delayMs: 400 },
    { failures: 2_000, random: 0.5, delayMs: 2_500 },
  ])('waits $delayMs ms after $failures failures with $random', ({ failures, random, delayMs }) => {
    expect(backoffMs({ firstMs: 200, maxMs: 5_000 }, failures, random)).toBe(delayMs);
  });
});
