import { expect, test } from 'vitest';
import { numberedEntry } from '../testing/numbered-entry.js';
import { EntryCache } from './entry-cache.js';

const MIB = 1024 * 1024;

test('what was put in last is what is found, kinds apart', () => {
  const cache = new EntryCache();
  const configuration = { id: 'one', deleted: true, created: 1, revision: 9 } as const;
  cache.set('device', 'one', numberedEntry('one', 1), 10);
  cache.set('device', 'one', numberedEntry('one', 2), 10);
  cache.set('configuration', 'one', configuration, 10);
  expect(cache.get('device', 'one')).toEqual(numberedEntry('one', 2));
  expect(cache.get('configuration', 'one')).toBe(configuration);
  expect(cache.get('device', 'two')).toBeUndefined();
});

test('when its memory is used up, the least recently written leave first', () => {
  const cache = new EntryCache();
  for (const id of ['a', 'b', 'c']) cache.set('device', id, numberedEntry(id, 1), 20 * MIB);
  cache.set('device', 'a', numberedEntry('a', 2), 20 * MIB);
  cache.set('device', 'd', numberedEntry('d', 1), 20 * MIB);
  const found = ['a', 'b', 'c', 'd'].filter((id) => cache.get('device', id));
  expect(found).toEqual(['a', 'c', 'd']);
});
