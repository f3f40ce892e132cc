import fc from 'fast-check';
import { expect, test } from 'vitest';
import { survives } from './number.js';

test.each<[number, boolean]>([
  [0, true],
  [-0, true],
  [2 ** 53 - 1, true],
  [1 - 2 ** 53, true],
  [2 ** 53, false],
  [-(2 ** 53), false],
  [999_999_999_999_999_900_000, false],
  [1e21, true],
  [-1e21, true],
  [Number.MAX_VALUE, true],
  [Number.MIN_VALUE, true],
  [Number.POSITIVE_INFINITY, false],
  [Number.NEGATIVE_INFINITY, false],
  [Number.NaN, false],
])('%d survives: %s', (value, expected) => {
  expect(survives(value)).toBe(expected);
});

test('agrees with the text that JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const text = JSON.stringify(value);
      const isGood = text !== 'null' && (!/^-?[0-9]+$/.test(text) || Number.isSafeInteger(value));
      expect(survives(value)).toBe(isGood);
    }),
  );
});
