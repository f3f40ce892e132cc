import { expect, test } from 'vitest';
import { makeDevice } from '../testing/index.js';
import { numberedEntry } from '../testing/numbered-entry.js';
import { EntryCache } from './entry-cache.js';
import type { StoredEntry } from './stored-entry.js';

const MIB = 1024 * 1024;

function device(id: string, connected = true): StoredEntry {
  return { entry: makeDevice({ id, connected }), encoded: undefined };
}

test('what was put in last is what is found, kinds apart', () => {
  const cache = new EntryCache();
  const configuration = { entry: { id: 'one', deleted: true, created: 1, revision: 9 }, encoded: undefined } as const;
  const [older, newer] = [device('one'), device('one')];
  cache.set('device', 'one', older, 10);
  cache.set('device', 'one', newer, 10);
  cache.set('configuration', 'one', configuration, 10);
  expect(cache.get('device', 'one')).toBe(newer);
  expect(cache.get('configuration', 'one')).toBe(configuration);
  expect(cache.get('device', 'two')).toBeUndefined();
});

test('when its memory is used up, the least recently written leave first', () => {
  const cache = new EntryCache();
  for (const id of ['a', 'b', 'c']) cache.set('device', id, device(id), 20 * MIB);
  cache.set('device', 'a', device('a'), 20 * MIB);
  cache.set('device', 'd', device('d'), 20 * MIB);
  const found = ['a', 'b', 'c', 'd'].filter((id) => cache.get('device', id));
  expect(found).toEqual(['a', 'c', 'd']);
});

test('a device is held while it is connected, wherever it was held, and the memory of those that left is free', () => {
  const cache = new EntryCache();
  cache.set('device', 'away', device('away', false), 10);
  cache.set('device', 'elder', device('elder'), 40 * MIB);
  for (let round = 0; round < 10; round += 1) {
    cache.set('device', 'leaves', device('leaves'), 20 * MIB);
    cache.set('device', 'leaves', device('leaves', false), 20 * MIB);
  }
  cache.set('device', 'stays', device('stays'), 20 * MIB);
  expect(['away', 'elder', 'leaves', 'stays'].filter((id) => cache.get('device', id))).toEqual(['elder', 'stays']);
  cache.set('device', 'elder', { entry: numberedEntry('elder', 1), encoded: undefined }, 10);
  expect(cache.get('device', 'elder')).toBeUndefined();
});
