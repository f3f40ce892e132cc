import { expect, test } from 'vitest';
import { restMs, restMsMin } from './rest-ms.js';

test.each([
  { attempts: 1, leastMs: 5_000 },
  { attempts: 2, leastMs: 10_000 },
  { attempts: 5, leastMs: 80_000 },
  { attempts: 11, leastMs: 3_600_000 },
  { attempts: 100, leastMs: 3_600_000 },
])('after $attempts attempts it is $leastMs ms and up to half more', ({ attempts, leastMs }) => {
  const rests = Array.from({ length: 200 }, (_, index) => restMs(`d${index}`, attempts));
  expect(restMsMin(attempts)).toBe(leastMs);
  expect(Math.min(...rests)).toBeGreaterThanOrEqual(leastMs);
  expect(Math.max(...rests)).toBeLessThan(leastMs * 1.5);
  expect(new Set(rests).size).toBeGreaterThan(150);
});

test('it is the same whenever it is asked for', () => {
  expect(restMs('d', 3)).toBe(restMs('d', 3));
});
