import { expect, test } from 'vitest';
import { parsePathList } from './path-list.js';

test.each([
  ['id', [['id']]],
  ['id, tags.region ,reported.fw', [['id'], ['tags', 'region'], ['reported', 'fw']]],
  ["tags['a b'].c", [['tags', 'a b', 'c']]],
  [`tags["it's, it"]['\\'q\\'']`, [['tags', "it's, it", "'q'"]]],
  ['tags.ü.7', [['tags', 'ü', '7']]],
])('%s', (text, paths) => {
  expect(parsePathList(text)).toEqual(paths);
});

test.each([
  ['', 'a name is missing'],
  [',id', 'a name is missing'],
  ['id,', 'a name is missing'],
  ['tags..a', 'a name is missing'],
  ["['id']", 'a name is missing'],
  ['tags.a-b', '"-b" does not fit'],
  ['tags a', '"a" does not fit'],
  ['tags[a]', 'a bracket holds one quoted name'],
  ["tags['open", 'a bracket holds one quoted name'],
])('%j is refused', (text, reason) => {
  const message = `select: ${reason}; paths look like id,tags.region,tags['a b']`;
  expect(() => parsePathList(text)).toThrow(expect.objectContaining({ code: 'bad-request', message }));
});
