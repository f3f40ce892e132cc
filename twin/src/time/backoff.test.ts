import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const bounds = { firstMs: 1_000, maxMs: 60_000 };

describe('backoffMs', () => {
  it.each([
    { failures: 0, random: 0, delayMs: 0 },
    { failures: 0, random: 0.5, delayMs: 500 },
    { failures: 3, random: 0.5, delayMs: 4_000 },
    { failures: 6, random: 0.5, delayMs: 30_000 },
    { failures: 2_000, random: 0.5, delayMs: 30_000 },
  ])('waits $delayMs ms after $failures failures with $random', ({ failures, random, delayMs }) => {
    expect(backoffMs(bounds, failures, random)).toBe(delayMs);
  });

  it('is always between 0 and the upper bound', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
        const delayMs = backoffMs(bounds, failures, random);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(bounds.maxMs);
      }),
    );
  });
});
