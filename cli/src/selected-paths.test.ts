import { expect, test } from 'vitest';
import { selectedPaths } from './selected-paths.js';

test.each([
  ['id', [['id']]],
  ['id, tags.region ,reported.fw', [['id'], ['tags', 'region'], ['reported', 'fw']]],
  ["tags['a b'].c", [['tags', 'a b', 'c']]],
  [`tags["it's, it"]['\\'q\\'']`, [['tags', "it's, it", "'q'"]]],
  ['', []],
  ["tags['open", [['tags']]],
])('%s', (select, expected) => {
  expect(selectedPaths(select)).toEqual(expected);
});
