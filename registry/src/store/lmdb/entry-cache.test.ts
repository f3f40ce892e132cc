import { expect, test } from 'vitest';
import type { DeviceEntry } from '../../record/device-record.js';
import { makeDevice } from '../../testing/index.js';
import { numberedEntry } from '../../testing/store-suite/numbered-entry.js';
import type { StoredEntry } from '../codec.js';
import { deviceTable } from '../device-row.js';
import { EntryCache } from './entry-cache.js';

const MIB = 1024 * 1024;

function openCache(): EntryCache<DeviceEntry> {
  return new EntryCache((entry) => deviceTable.isCached(entry));
}

function device(id: string, connected = true): StoredEntry<DeviceEntry> {
  return { entry: makeDevice({ id, connected }) };
}

test('the entry set last is found', () => {
  const cache = openCache();
  const [older, newer] = [device('one'), device('one')];
  cache.set('one', older, 10);
  cache.set('one', newer, 10);
  expect(cache.get('one')).toBe(newer);
  expect(cache.get('two')).toBeUndefined();
});

test('when its memory is used up, the least recently written entries leave first', () => {
  const cache = openCache();
  for (const id of ['a', 'b', 'c']) cache.set(id, device(id), 20 * MIB);
  cache.set('a', device('a'), 20 * MIB);
  cache.set('d', device('d'), 20 * MIB);
  const found = ['a', 'b', 'c', 'd'].filter((id) => cache.get(id));
  expect(found).toEqual(['a', 'c', 'd']);
});

test('a device is cached while it is connected, in either generation, and its memory is free once it leaves', () => {
  const cache = openCache();
  cache.set('away', device('away', false), 10);
  cache.set('old', device('old'), 40 * MIB);
  for (let round = 0; round < 10; round += 1) {
    cache.set('leaves', device('leaves'), 20 * MIB);
    cache.set('leaves', device('leaves', false), 20 * MIB);
  }
  cache.set('stays', device('stays'), 20 * MIB);
  expect(['away', 'old', 'leaves', 'stays'].filter((id) => cache.get(id))).toEqual(['old', 'stays']);
  cache.set('old', { entry: numberedEntry('old', 1) }, 10);
  expect(cache.get('old')).toBeUndefined();
});
