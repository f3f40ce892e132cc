import { expect, test } from 'vitest';
import { suggestName } from './suggest-name.js';

const KNOWN = ['name', 'tags', 'desired', 'enabled', 'auth'];

test.each([
  ['tag', 'tags'],
  ['tagss', 'tags'],
  ['tabs', 'tags'],
  ['tgas', 'tags'],
  ['atgs', 'tags'],
  ['Desired', 'desired'],
  ['DESIRD', 'desired'],
  ['ame', 'name'],
])('%s suggests %s', (written, meant) => {
  expect(suggestName(written, KNOWN)).toBe(meant);
});

test.each(['', 'ta', 'gats', 'tgass', 'desires2', 'reported', 'an', 'nname2'])('%s suggests nothing', (written) => {
  expect(suggestName(written, KNOWN)).toBeUndefined();
});
