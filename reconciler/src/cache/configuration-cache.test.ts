import { ScanIndex } from '@muster/conditions';
import type { ConfigurationRecord, RolloutProgress } from '@muster/registry';
import { isTwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import { configurationRecord, deviceRecord, progressOf } from '../testing/index.js';
import { ConfigurationCache, cachedConfiguration } from './configuration-cache.js';

const cache = () => new ConfigurationCache(new ScanIndex());
const subject = deviceRecord({ id: 'a', tags: { region: 'eu' } });
const ids = (one: ConfigurationCache) => one.layersFor(subject).map(({ id }) => id);

test('only enabled configurations whose condition is TRUE are layers', () => {
  const one = cache();
  one.put(configurationRecord({ id: 'true' }));
  one.put(configurationRecord({ id: 'off', enabled: false }));
  one.put(configurationRecord({ id: 'false', targetCondition: "device.tags.region = 'us'" }));
  one.put(configurationRecord({ id: 'unknown', targetCondition: 'device.tags.region < 5' }));
  expect(ids(one)).toEqual(['true']);
  expect(one.size).toBe(4);
});

test('a layer is the newest record, whole', () => {
  const one = cache();
  one.put(configurationRecord({ id: 'c', generation: 1 }));
  const parts = { generation: 2, contentGeneration: 2, created: 5, priority: 3, enforce: true };
  one.put(configurationRecord({ id: 'c', ...parts, desiredProperties: { speed: 1 } }));
  expect(one.layersFor(subject)).toEqual([{ kind: 'configuration', id: 'c', ...parts, properties: { speed: 1 } }]);
});

test('a disabled or removed configuration is no layer, and its paths are not read', () => {
  const one = cache();
  const record = configurationRecord({ id: 'c', targetCondition: 'NOT device.reported.battery < 20 OR true' });
  one.put(record);
  expect([ids(one), one.readsReported({ battery: 1 }), one.readsReported({ other: 1 })]).toEqual([['c'], true, false]);
  one.put({ ...record, enabled: false });
  expect([ids(one), one.readsReported({ battery: 1 })]).toEqual([[], false]);
  one.put(record);
  one.remove('c');
  expect([ids(one), one.readsReported({ battery: 1 }), one.get('c'), one.size]).toEqual([[], false, undefined, 0]);
});

test('the entries are in id order after every change', () => {
  const one = cache();
  for (const id of ['c', 'a', 'B']) one.put(configurationRecord({ id }));
  expect(one.entries().map(({ record }) => record.id)).toEqual(['B', 'a', 'c']);
  one.remove('a');
  one.put(configurationRecord({ id: 'b' }));
  expect(one.entries().map(({ record }) => record.id)).toEqual(['B', 'b', 'c']);
});

test('the selection key of a rollout changes with everything but its phase', () => {
  const running: RolloutProgress = progressOf({ key: 2, stable: 1, state: 'running', phase: 0 });
  const keyOf = (part: Partial<ConfigurationRecord> = {}) =>
    cachedConfiguration(configurationRecord({ id: 'c', generation: 2, rollout: {}, progress: running, ...part }))
      .selectionKey;
  expect(keyOf({ progress: { ...running, phase: 1, allowance: 5 }, progressRevision: 9 })).toBe(keyOf());
  const others: Partial<ConfigurationRecord>[] = [
    { enabled: false },
    { generation: 3 },
    { created: 77 },
    { progress: { ...running, state: 'paused' } },
    { progress: { ...running, state: 'complete' } },
    { progress: { ...running, key: 3 } },
  ];
  for (const part of others) expect(keyOf(part)).not.toBe(keyOf());
});

test('every change increments the version', () => {
  const one = cache();
  const versions = [one.version];
  one.put(configurationRecord());
  versions.push(one.version);
  one.put(configurationRecord({ generation: 2 }));
  versions.push(one.version);
  one.remove('c');
  versions.push(one.version);
  expect(new Set(versions).size).toBe(4);
});

test('a condition that cannot be parsed is rejected and leaves the cache unchanged', () => {
  const one = cache();
  one.put(configurationRecord());
  expect(() => one.put(configurationRecord({ targetCondition: 'a b' }))).toThrow(
    expect.toSatisfy((error) => isTwinError(error) && error.code === 'bad-condition'),
  );
  expect(ids(one)).toEqual(['c']);
});

test('enabled configurations evaluated for every device are counted, except those that are always TRUE', () => {
  const one = cache();
  const scanned = configurationRecord({ id: 'scanned', targetCondition: 'IS_DEFINED(device.name)' });
  one.put(scanned);
  one.put(configurationRecord({ id: 'everybody', targetCondition: '*' }));
  one.put(configurationRecord({ id: 'indexed', targetCondition: "device.tags.region = 'eu'" }));
  expect(one.scanned).toBe(1);
  one.put({ ...scanned, generation: 2 });
  expect(one.scanned).toBe(1);
  one.put({ ...scanned, enabled: false });
  expect(one.scanned).toBe(0);
  one.put(scanned);
  one.remove('scanned');
  expect(one.scanned).toBe(0);
});
