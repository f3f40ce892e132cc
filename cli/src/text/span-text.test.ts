import { expect, it } from 'vitest';
import { spanText } from './span-text.js';

it.each([
  [-5, '0s'],
  [0, '0s'],
  [1, '1s'],
  [59_000, '59s'],
  [59_001, '1m'],
  [61_000, '1m 1s'],
  [3_600_000, '1h'],
  [83_550_000, '23h 12m'],
  [90_000_000, '1d 1h'],
  [86_400_000 * 40, '40d'],
])('%i ms are %s', (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text);
});
