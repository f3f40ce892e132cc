import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanIndex } from '@muster/conditions';
import { deviceActor, isLive, LmdbStore, type Registry } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry, setDesired } from '@muster/registry/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigurationCache } from '../cache/configuration-cache.js';
import { FailingStore, turns } from '../testing/index.js';
import { Watch, type WatchListener } from './watch.js';

async function watchOf(prepare: (registry: Registry) => Promise<unknown> = async () => {}) {
  const [clock, store] = [new FakeClock(), new FailingStore()];
  const registry = await openRegistry({ clock, store });
  await prepare(registry);
  const cache = new ConfigurationCache(new ScanIndex());
  const [connected, seen, heard] = [new Set<string>(), [] as string[], [] as string[]];
  const known = new Set<string>();
  const failures: unknown[] = [];
  const listener: WatchListener = {
    isKnown: (id) => known.has(id),
    deviceSeen: ({ id }) => {
      if (id === 'cursed') throw new Error('a bug');
      known.add(id);
      seen.push(id);
    },
    deviceChanged: (before, after) => {
      if (isLive(after)) return;
      known.delete(before.id);
      heard.push(`${after.id} removed`);
    },
    deviceAffected: (id) => heard.push(id),
    deviceConnected: (id) => heard.push(`${id} connected`),
    configurationsRead: () => {},
    configurationChanged: (id, isSelectionChanged) =>
      heard.push(`configuration ${id}${isSelectionChanged ? '' : ', same devices'}`),
    failed: (error) => failures.push(error),
  };
  const watch = new Watch({ registry, clock, cache, connected, listener });
  onTestFinished(() => watch.stop());
  await watch.start();
  const news = (): string[] => heard.splice(0);
  return { watch, clock, store, registry, cache, connected, heard, seen, failures, news };
}

const battery = { targetCondition: 'device.reported.battery < 20', desiredProperties: { save: true } };

test('the start reads everything stored and signals nothing', async () => {
  const { cache, connected, seen, news } = await watchOf(async (registry) => {
    for (const id of ['a', 'b']) await registry.devices.register(OPERATOR, id, {});
    await registry.devices.setPresence(deviceActor('b'), 'b', { connected: true });
    await registry.configurations.put(OPERATOR, 'c', battery);
  });
  expect([seen, [...connected], cache.ids()]).toEqual([['a', 'b'], ['b'], ['c']]);
  expect(news()).toEqual([]);
});

const stories: readonly [string, (registry: Registry) => Promise<unknown>, readonly string[]][] = [
  ['a registration', (registry) => registry.devices.register(OPERATOR, 'new', {}), ['new']],
  ['tags', (registry) => registry.devices.patch(OPERATOR, 'a', { tags: { k: 1 } }), ['a']],
  ['the own layer', (registry) => registry.devices.patch(OPERATOR, 'a', { desired: { k: 1 } }), ['a']],
  ['a deletion', (registry) => registry.devices.remove(OPERATOR, 'a'), ['a removed']],
  [
    'a report that a condition reads',
    (registry) => registry.devices.report(deviceActor('a'), 'a', { reported: { battery: 1 } }),
    ['a'],
  ],
  [
    'a report that none reads',
    (registry) => registry.devices.report(deviceActor('a'), 'a', { reported: { other: 1 } }),
    [],
  ],
  [
    'a connection',
    (registry) => registry.devices.setPresence(deviceActor('a'), 'a', { connected: true }),
    ['a connected'],
  ],
  ['a configuration', (registry) => registry.configurations.put(OPERATOR, 'd', battery), ['configuration d']],
  [
    'the labels of a configuration',
    (registry) => registry.configurations.put(OPERATOR, 'c', { ...battery, labels: { team: 'x' } }),
    ['configuration c, same devices'],
  ],
  ['a deleted configuration', (registry) => registry.configurations.remove(OPERATOR, 'c'), ['configuration c']],
  [
    'a write of the reconciler',
    (registry) => setDesired(registry, 'a', () => ({ kind: 'document', desired: { k: 1 }, configurations: [] })),
    [],
  ],
];

test.each(stories)('%s signals exactly what it affects', async (_name, happen, affected) => {
  const { registry, news } = await watchOf(async (one) => {
    await one.devices.register(OPERATOR, 'a', {});
    await one.configurations.put(OPERATOR, 'c', battery);
  });
  await happen(registry);
  expect(news()).toEqual(affected);
});

test('the cache and the connected devices follow the commits', async () => {
  const { registry, cache, connected, news } = await watchOf((one) => one.devices.register(OPERATOR, 'a', {}));
  await registry.devices.setPresence(deviceActor('a'), 'a', { connected: true });
  await registry.configurations.put(OPERATOR, 'c', battery);
  news();
  expect([[...connected], cache.get('c')?.record.generation]).toEqual([['a'], 1]);
  await registry.configurations.put(OPERATOR, 'c', { ...battery, priority: 1 });
  await registry.devices.remove(OPERATOR, 'a');
  news();
  expect([[...connected], cache.get('c')?.record.generation]).toEqual([[], 2]);
  await registry.configurations.remove(OPERATOR, 'c');
  news();
  expect(cache.size).toBe(0);
});

test('a write is known before its caller gets the answer', async () => {
  const { registry, cache, connected, news } = await watchOf((one) => one.devices.register(OPERATOR, 'a', {}));
  const connecting = registry.devices
    .setPresence(deviceActor('a'), 'a', { connected: true })
    .then(() => [...connected]);
  const putting = registry.configurations.put(OPERATOR, 'c', battery).then(() => cache.ids());
  expect(await Promise.all([connecting, putting])).toEqual([['a'], ['c']]);
  expect(news()).toEqual(['a connected', 'configuration c']);
});

test('a configuration that only stores elapsed time is cached and signals nothing', async () => {
  const { registry, store, cache, news } = await watchOf((one) => one.configurations.put(OPERATOR, 'c', battery));
  const { version: edition } = cache;
  const later = { ...(await registry.configurations.mustRead('c')), progressRevision: 7 };
  await store.update('configuration', 'c', () => ({ result: undefined, entry: later }));
  expect([news(), cache.version, cache.get('c')?.record.progressRevision]).toEqual([[], edition, 7]);
});

test('a bug in a listener fails no writer, and is reported once', async () => {
  const { registry, failures, news, seen } = await watchOf();
  await registry.devices.register(OPERATOR, 'cursed', {});
  await registry.devices.register(OPERATOR, 'b', {});
  expect([failures, seen, news()]).toEqual([[new Error('a bug')], [], []]);
});

test('a device deleted and registered again in one flush counts as two devices', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-watch-'));
  const store = LmdbStore.open(folder);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const registry = await openRegistry({ store });
  await registry.devices.register(OPERATOR, 'a', {});
  const [lives, known] = [[] as string[], new Set<string>()];
  const listener: WatchListener = {
    isKnown: (id) => known.has(id),
    deviceSeen: ({ id, revision }) => {
      known.add(id);
      lives.push(`seen ${revision}`);
    },
    deviceChanged: (_before, after) => lives.push(isLive(after) ? 'changed' : 'removed'),
    ...{
      deviceAffected: () => {},
      deviceConnected: () => {},
      configurationsRead: () => {},
      configurationChanged: () => {},
    },
    failed: (error) => lives.push(String(error)),
  };
  const cache = new ConfigurationCache(new ScanIndex());
  const watch = new Watch({ registry, clock: new FakeClock(), cache, connected: new Set(), listener });
  await watch.start();
  await Promise.all([registry.devices.remove(OPERATOR, 'a'), registry.devices.register(OPERATOR, 'a', {})]);
  watch.stop();
  expect(lives).toEqual(['seen 1', 'removed', 'seen 3']);
});

test('a check finds exactly the configurations that no commit announced', async () => {
  const { watch, registry, store, cache, news } = await watchOf(async (one) => {
    for (const id of ['edited', 'gone', 'same']) await one.configurations.put(OPERATOR, id, battery);
  });
  expect(await watch.check()).toBe(0);
  await registry.configurations.put(OPERATOR, 'same', { ...battery, priority: 1 });
  await registry.configurations.put(OPERATOR, 'fresh', battery);
  await registry.configurations.remove(OPERATOR, 'gone');
  expect(await watch.check()).toBe(0);
  expect(news().toSorted()).toEqual(['configuration fresh', 'configuration gone', 'configuration same']);
  // As if a commit had not been announced.
  const edited = { ...(await registry.configurations.mustRead('edited')), priority: 5, generation: 2, revision: 9 };
  store.isSilent = true;
  await store.update('configuration', 'edited', () => ({ result: undefined, entry: edited }));
  await store.update('configuration', 'same', () => ({
    result: undefined,
    entry: { id: 'same', deleted: true, created: 1, revision: 9 },
  }));
  store.isSilent = false;
  expect(await watch.check()).toBe(2);
  expect(news().toSorted()).toEqual(['configuration edited', 'configuration same']);
  expect([cache.get('edited')?.record.priority, cache.get('same')]).toEqual([5, undefined]);
  expect(await watch.check()).toBe(0);
});

test('after a stop nothing is signalled', async () => {
  const { watch, registry, seen, heard } = await watchOf();
  await registry.devices.register(OPERATOR, 'a', {});
  watch.stop();
  await registry.devices.register(OPERATOR, 'b', {});
  await turns();
  expect([seen, heard]).toEqual([['a'], ['a']]);
});
