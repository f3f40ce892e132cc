import { expect, test } from 'vitest';
import { wholeNumber } from './whole-number.js';

test.each([
  [undefined, 7],
  ['1', 1],
  ['200', 200],
])('%s is %d', (text, number) => {
  expect(wholeNumber(text, 7)).toBe(number);
});

test.each(['0', '-1', '1.5', '2e3', '--help', ''])('"%s" is refused', (text) => {
  expect(() => wholeNumber(text, 7)).toThrow('write a whole number from 1');
});
