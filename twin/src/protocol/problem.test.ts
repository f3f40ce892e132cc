import { expect, test } from 'vitest';
import { isTwinErrorCode, PROBLEMS } from './problem.js';

test('every code has a title of its own', () => {
  const titles = Object.values(PROBLEMS).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test.each([
  ['conflict', true],
  ['internal', false],
  ['toString', false],
  [409, false],
  [undefined, false],
])('%j is a code: %j', (code, expected) => {
  expect(isTwinErrorCode(code)).toBe(expected);
});
