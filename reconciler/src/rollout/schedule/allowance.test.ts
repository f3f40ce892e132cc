import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedBy, allowedInMs, fullAllowance, LATE_MS_MAX, refillAllowance, spendAllowance } from './allowance.js';

test.each([
  { rate: 1, atOnce: 1 },
  { rate: 59, atOnce: 1 },
  { rate: 60, atOnce: 2 },
  { rate: 1_000, atOnce: 17 },
  { rate: undefined, atOnce: 0 },
])('$rate devices a minute begin with $atOnce', ({ rate, atOnce }) => {
  expect(allowedBy(fullAllowance(rate))).toBe(atOnce);
});

test('time without admissions saves no more than that', () => {
  expect(allowedBy(refillAllowance(0, 1_000, 86_400_000))).toBe(17);
});

const lateness = fc.oneof(fc.constantFrom(0, LATE_MS_MAX), fc.nat(LATE_MS_MAX));
const rates = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1_000_000 }));

test('in no minute more come through than the rate says, whenever it is asked and however late within bounds', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.tuple(fc.nat(8_000), lateness), { minLength: 1, maxLength: 200 }), (rate, asked) => {
      let [allowance, now] = [fullAllowance(rate), 0];
      const admitted: { readonly at: number; readonly count: number }[] = [];
      for (const [gap, lateMs] of asked) {
        now += gap;
        allowance = refillAllowance(allowance, rate, gap);
        const count = allowedBy(allowance);
        allowance = spendAllowance(allowance, count);
        admitted.push({ at: now + lateMs, count });
      }
      for (const { at: end } of admitted) {
        const minute = admitted.filter(({ at }) => at > end - 60_000 && at <= end);
        expect(minute.reduce((sum, one) => sum + one.count, 0)).toBeLessThanOrEqual(rate);
      }
    }),
  );
});

test('asked often enough, it lets through nearly as many as it may', () => {
  fc.assert(
    fc.property(rates, (rate) => {
      let [allowance, admitted] = [fullAllowance(rate), 0];
      for (let second = 0; second < 600; second += 1) {
        const count = allowedBy(allowance);
        admitted += count;
        allowance = refillAllowance(spendAllowance(allowance, count), rate, 1_000);
      }
      expect(admitted).toBeGreaterThanOrEqual(Math.floor(rate * 9.6));
    }),
    { numRuns: 100 },
  );
});

test('it says when it will be enough, to the millisecond', () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 100 }), fc.nat(1_000), (rate, wanted, passed) => {
      const allowance = refillAllowance(0, rate, passed);
      const inMs = allowedInMs(allowance, rate, wanted);
      const atOnce = allowedBy(fullAllowance(rate));
      expect(allowedBy(refillAllowance(allowance, rate, inMs))).toBeGreaterThanOrEqual(Math.min(wanted, atOnce));
      if (inMs > 0) {
        expect(allowedBy(refillAllowance(allowance, rate, inMs - 1))).toBeLessThan(Math.min(wanted, atOnce));
      }
    }),
  );
});
