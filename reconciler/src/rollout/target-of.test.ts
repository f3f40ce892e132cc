import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exceedsPercent, targetOf } from './target-of.js';

test.each([
  { percent: 5, matching: 100, target: 5 },
  { percent: 5, matching: 101, target: 6 },
  { percent: 5, matching: 1, target: 1 },
  { percent: 5, matching: 0, target: 0 },
  { percent: 100, matching: 1_000_003, target: 1_000_003 },
  { percent: 0.5, matching: 200, target: 1 },
  { percent: 0.1, matching: 3_000, target: 3 },
  { percent: 0.3, matching: 1_000, target: 3 },
  { percent: 0.07, matching: 10_000, target: 7 },
  { percent: 0.001, matching: 1_000_000, target: 10 },
  { percent: 1.1, matching: 1_000, target: 11 },
  { percent: 29, matching: 100, target: 29 },
  { percent: 33.333, matching: 100_000, target: 33_333 },
  { percent: 99.999, matching: 100_001, target: 100_000 },
  { percent: 99.999, matching: 2 ** 32, target: 4_294_924_347 },
])('$percent % of $matching are $target', ({ percent, matching, target }) => {
  expect(targetOf(percent, matching)).toBe(target);
});

const thousandths = fc.integer({ min: 0, max: 100_000 });
const counts = fc.oneof(fc.nat({ max: 2_000 }), fc.nat({ max: 2 ** 32 }));

test('a target is the share rounded up, as integers of any length have it', () => {
  fc.assert(
    fc.property(thousandths, counts, (parts, matching) => {
      const expected = (BigInt(parts) * BigInt(matching) + 99_999n) / 100_000n;
      expect(BigInt(targetOf(parts / 1_000, matching))).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  { count: 0, total: 0, percent: 0, exceeds: false },
  { count: 1, total: 1_000_000, percent: 0, exceeds: true },
  { count: 2, total: 100, percent: 2, exceeds: false },
  { count: 3, total: 100, percent: 2, exceeds: true },
  { count: 3, total: 1_000, percent: 0.3, exceeds: false },
  { count: 7, total: 7, percent: 100, exceeds: false },
])('$count of $total exceed $percent %: $exceeds', ({ count, total, percent, exceeds }) => {
  expect(exceedsPercent(count, total, percent)).toBe(exceeds);
});

test('a percent is exceeded as integers of any length have it', () => {
  fc.assert(
    fc.property(thousandths, counts, fc.nat({ max: 3 }), (parts, total, more) => {
      const count = Math.min(total, targetOf(parts / 1_000, total) + more - 1);
      const expected = BigInt(count) * 100_000n > BigInt(parts) * BigInt(total);
      expect(exceedsPercent(count, total, parts / 1_000)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});
