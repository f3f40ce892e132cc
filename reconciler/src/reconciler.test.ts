import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationCounts } from '@muster/api';
import { deviceActor, LmdbStore, type Registry, type Store } from '@muster/registry';
import { OPERATOR, setDesired } from '@muster/registry/testing';
import { type JsonObject, LIMITS } from '@muster/twin';
import { expect, onTestFinished, test } from 'vitest';
import { collect, FailingStore, GatedStore, startWorld, turns, type World } from './testing/index.js';

async function world(prepare?: (registry: Registry) => Promise<unknown>, store?: Store): Promise<World> {
  const made = await startWorld(prepare, store);
  onTestFinished(() => made.reconciler.stop());
  return made;
}

/** A given secret spares the generating of thousands. */
const auth = { type: 'secret', secret: 'sixteen characters' };
const everybody = { targetCondition: '*', desiredProperties: { speed: 20 } };

test('what was stored while nobody looked is brought along at the start', async () => {
  const { registry, reconciler } = await world(async (one) => {
    await one.devices.register(OPERATOR, 'a', { desired: { own: 1 } });
    await one.configurations.put(OPERATOR, 'c', everybody);
  });
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ own: 1, speed: 20 });
  expect(reconciler.counters.repaired).toBe(0);
});

test('a device as it should be is not written', async () => {
  const { registry, reconciler } = await world();
  await registry.devices.register(OPERATOR, 'a', { desired: { own: 1 } });
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  const { head } = await registry.changeLog.read(0, 1_000);
  await registry.configurations.put(OPERATOR, 'c', { ...everybody, description: 'other words' });
  await registry.devices.patch(OPERATOR, 'a', { tags: { any: 1 } });
  await reconciler.idle();
  const { changes } = await registry.changeLog.read(head, 1_000);
  expect(changes.map(({ kind }) => kind)).toEqual(['configuration', 'device']);
});

test('a report that no condition reads wakes nobody', async () => {
  const { registry, reconciler } = await world();
  await registry.devices.register(OPERATOR, 'a', {});
  await registry.configurations.put(OPERATOR, 'c', {
    targetCondition: 'device.reported.battery < 20',
    desiredProperties: { save: true },
  });
  await reconciler.idle();
  const before = reconciler.counters.reconciled;
  await registry.devices.report(deviceActor('a'), 'a', { reported: { temperature: 20 } });
  await reconciler.idle();
  expect(reconciler.counters.reconciled).toBe(before);
  await registry.devices.report(deviceActor('a'), 'a', { reported: { battery: 10 } });
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ save: true });
});

test('the sweep repairs what an event missed, and counts it', async () => {
  const { registry, reconciler, clock, logged } = await world();
  await registry.devices.register(OPERATOR, 'a', { desired: { own: 1 } });
  await reconciler.idle();
  // As if somebody had written past the verbs.
  await setDesired(registry, 'a', () => ({ kind: 'document', desired: { wrong: true }, configurations: [] }));
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ wrong: true });
  clock.advance(60_000);
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ own: 1 });
  expect(reconciler.counters.repaired).toBe(1);
  expect(logged.join()).toContain('repaired');
});

test('the sweep comes again and again, and finds nothing where nothing is wrong', async () => {
  const { registry, reconciler, clock } = await world();
  for (let n = 0; n < 300; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  const { reconciled } = reconciler.counters;
  for (let round = 0; round < 6; round += 1) {
    clock.advance(60_000);
    await reconciler.idle();
  }
  expect(reconciler.counters.swept).toBeGreaterThan(600);
  expect(reconciler.counters).toMatchObject({ reconciled, repaired: 0 });
});

test('connected devices are served before those that are not', async () => {
  const { registry, reconciler } = await world();
  const ids = Array.from({ length: 40 }, (_, n) => `d-${n}`);
  for (const id of ids) await registry.devices.register(OPERATOR, id, {});
  const here = ids.filter((_, n) => n % 7 === 3);
  for (const id of here) await registry.devices.setPresence(deviceActor(id), id, { connected: true });
  await reconciler.idle();
  const { head } = await registry.changeLog.read(0, 0);
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  const { changes } = await registry.changeLog.read(head, 1_000);
  const served = changes.flatMap((change) => (change.kind === 'desired' ? [change.device] : []));
  expect(served).toHaveLength(40);
  expect(new Set(served.slice(0, here.length))).toEqual(new Set(here));
});

test('layers that are too much together are a problem, which is solved when one leaves', async () => {
  const { registry, reconciler } = await world();
  const half = (name: string) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${name}${n}`, 'x'.repeat(1_000)]));
  await registry.devices.register(OPERATOR, 'a', {});
  await registry.configurations.put(OPERATOR, 'one', { targetCondition: '*', desiredProperties: half('a') });
  await reconciler.idle();
  await registry.configurations.put(OPERATOR, 'two', { targetCondition: '*', desiredProperties: half('b') });
  await reconciler.idle();
  const record = await registry.devices.mustRead('a');
  expect([record.desired, record.desiredVersion, record.problem?.code]).toEqual([half('a'), 1, 'too-large']);
  expect(reconciler.status('one')).toMatchObject({ winning: 1, failed: 1 });
  expect(reconciler.status('two')).toMatchObject({ winning: 1, failed: 1 });
  await registry.configurations.remove(OPERATOR, 'one');
  await reconciler.idle();
  const after = await registry.devices.mustRead('a');
  expect([after.desired, after.desiredVersion, after.problem]).toEqual([half('b'), 2, undefined]);
});

test('counts are told soon after they changed, and taken back with the configuration', async () => {
  const { registry, reconciler, clock } = await world();
  const told: [string, ConfigurationCounts | undefined][] = [];
  reconciler.onStatus((id, counts) => told.push([id, counts]));
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  clock.advance(1_000);
  expect(told).toEqual([['c', expect.objectContaining({ matched: 0 })]]);
  await registry.devices.register(OPERATOR, 'a', {});
  await reconciler.idle();
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, pending: 1, offline: 1 })]);
  await registry.devices.report(deviceActor('a'), 'a', { acknowledgement: { version: 1, status: 'applied' } });
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, applied: 1, pending: 0, offline: 0 })]);
  await registry.configurations.remove(OPERATOR, 'c');
  await reconciler.idle();
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', undefined]);
});

test('bringing a fleet along holds the event loop for slices only', async () => {
  const { registry, reconciler } = await world();
  for (let n = 0; n < 3_000; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
  await reconciler.idle();
  await registry.configurations.put(OPERATOR, 'c', everybody);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  count();
  await reconciler.idle();
  isDone = true;
  // The clock stands still, so only the number of steps, 512, ends a slice.
  expect(turns).toBeGreaterThanOrEqual(6);
  expect(reconciler.status('c').matched).toBe(3_000);
  expect(LIMITS.sliceMs).toBeLessThan(20);
});

test('a layer that is on its way to disk while its configuration leaves is taken away again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-reconciler-'));
  const store = LmdbStore.open(folder);
  const { registry, reconciler } = await startWorld(async (one) => {
    await Promise.all(Array.from({ length: 300 }, (_, n) => one.devices.register(OPERATOR, `d-${n}`, { auth })));
  }, store);
  for (let round = 0; round < 15; round += 1) {
    await registry.configurations.put(OPERATOR, 'c', everybody);
    await registry.configurations.remove(OPERATOR, 'c');
  }
  await reconciler.idle();
  const left = (await collect(registry.devices.all())).filter(({ configurations }) => configurations.length > 0);
  expect(left.map(({ id }) => id)).toEqual([]);
  expect(reconciler.counters.changed).toBeGreaterThan(0);
  await reconciler.stop();
  await store.close();
  await rm(folder, { recursive: true });
});

test('changes that were trimmed before they were read are made up for', async () => {
  const store = new FailingStore();
  const { registry, reconciler, clock } = await world(async (one) => {
    await one.devices.register(OPERATOR, 'a', {});
    await one.configurations.put(OPERATOR, 'old', { targetCondition: '*', desiredProperties: { old: 1 } });
  }, store);
  await reconciler.idle();
  await registry.configurations.remove(OPERATOR, 'old');
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await registry.devices.register(OPERATOR, 'b', {});
  await store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  await reconciler.idle();
  for (const id of ['a', 'b']) expect((await registry.devices.mustRead(id)).desired).toEqual({ speed: 20 });
  clock.advance(60_000);
  await reconciler.idle();
  expect(reconciler.counters.repaired).toBe(0);
});

test.each(['scan', 'read', 'update'] as const)(
  'when %s fails for a while, everything comes right afterwards',
  async (verb) => {
    const store = new FailingStore();
    const { registry, reconciler, clock, logged } = await world(
      (one) => one.devices.register(OPERATOR, 'a', {}),
      store,
    );
    await reconciler.idle();
    await registry.devices.setPresence(deviceActor('a'), 'a', { connected: true });
    // The path of reported has to be read from the fleet, and until then the record of each device.
    const put = registry.configurations.put(OPERATOR, 'c', {
      ...everybody,
      targetCondition: 'NOT device.reported.battery > 50 OR true',
    });
    if (verb !== 'update') store.failing.add(verb);
    if (verb === 'read') store.failing.add('scan');
    await put;
    store.failing.add(verb);
    await turns(10);
    store.failing.delete('scan');
    await turns(10);
    store.failing.clear();
    clock.advance(2_000);
    await reconciler.idle();
    expect((await registry.devices.mustRead('a')).desired).toEqual({ speed: 20 });
    expect(logged.length).toBeGreaterThan(0);
  },
);

test('a sweep that comes before a change was read repairs nothing that the change would not', async () => {
  const { registry, reconciler, clock } = await world((one) => one.devices.register(OPERATOR, 'a', {}));
  await reconciler.idle();
  clock.advance(60_000);
  await registry.devices.patch(OPERATOR, 'a', { desired: { own: 1 } });
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ own: 1 });
  expect(reconciler.counters.repaired).toBe(0);
});

test('a configuration that no change had told of is found by the sweep, and counted', async () => {
  const store = new FailingStore();
  const { registry, reconciler, clock } = await world(async (one) => {
    await one.devices.register(OPERATOR, 'a', { tags: { self: 'a' } });
    await one.configurations.put(OPERATOR, 'c', everybody);
  }, store);
  await reconciler.idle();
  const entry = {
    ...(await registry.configurations.mustRead('c')),
    desiredProperties: { speed: 9 },
    generation: 2,
    contentGeneration: 2,
    revision: 2,
  };
  store.isSilent = true;
  await store.update('configuration', 'c', () => ({ result: undefined, entry }));
  store.isSilent = false;
  clock.advance(60_000);
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ speed: 9 });
  expect(reconciler.counters.repaired).toBe(1);
});

test('a new generation begins as pending, even before the reconciler has heard of it', async () => {
  const { registry, reconciler } = await world((one) => one.devices.register(OPERATOR, 'a', {}));
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  await registry.devices.report(deviceActor('a'), 'a', { acknowledgement: { version: 1, status: 'applied' } });
  expect(reconciler.status('c')).toMatchObject({ matched: 1, applied: 1, pending: 0 });
  const { record } = await registry.configurations.put(OPERATOR, 'c', {
    ...everybody,
    desiredProperties: { speed: 21 },
  });
  expect(reconciler.status('c', record)).toMatchObject({ matched: 1, applied: 0, pending: 1, offline: 1 });
  await reconciler.idle();
  expect(reconciler.status('c')).toMatchObject({ matched: 1, applied: 0, pending: 1 });
});

test('an edit of the condition alone leaves those as they are who match before and after', async () => {
  const { registry, reconciler } = await world(async (one) => {
    for (const [id, n] of [
      ['stays', 5],
      ['leaves', 1],
      ['enters', 9],
    ] as const)
      await one.devices.register(OPERATOR, id, { tags: { n } });
  });
  await registry.configurations.put(OPERATOR, 'c', { ...everybody, targetCondition: 'device.tags.n <= 5' });
  await reconciler.idle();
  await registry.devices.report(deviceActor('stays'), 'stays', { acknowledgement: { version: 1, status: 'applied' } });
  const before = await registry.devices.mustRead('stays');
  await registry.configurations.put(OPERATOR, 'c', { ...everybody, targetCondition: 'device.tags.n >= 5' });
  await reconciler.idle();
  const after = await registry.devices.mustRead('stays');
  expect(after).toBe(before);
  expect(reconciler.status('c')).toMatchObject({ matched: 2, applied: 1, pending: 1 });
  expect((await registry.devices.mustRead('leaves')).desired).toEqual({});
  expect((await registry.devices.mustRead('enters')).desired).toEqual({ speed: 20 });
  expect(after.configurations.map((one) => reconciler.generationOf(one))).toEqual([2]);
  await registry.configurations.put(OPERATOR, 'c', {
    ...everybody,
    desiredProperties: { speed: 7 },
    targetCondition: '*',
  });
  await reconciler.idle();
  expect(before.configurations.map((one) => reconciler.generationOf(one))).toEqual([1]);
});

test('who reports while what was asked of it is edited or removed is not missed', async () => {
  for (let gap = 0; gap < 12; gap += 1) {
    const { registry, reconciler } = await world(async (one) => {
      for (const id of ['removed', 'edited', 'stays']) await one.devices.register(OPERATOR, id, {});
    });
    const asks = (path: string): JsonObject => ({ ...everybody, targetCondition: `device.reported.${path} = 1` });
    await registry.configurations.put(OPERATOR, 'gone', { ...asks('p'), desiredProperties: { gone: true } });
    await registry.configurations.put(OPERATOR, 'turned', { ...asks('q'), desiredProperties: { turned: true } });
    for (const id of ['removed', 'edited', 'stays'])
      await registry.devices.report(deviceActor(id), id, { reported: { p: 1, q: 1 } });
    await reconciler.idle();
    const writes = [
      registry.configurations.remove(OPERATOR, 'gone'),
      registry.configurations.put(OPERATOR, 'turned', asks('r')),
    ];
    for (let n = 0; n < gap; n += 1) await Promise.resolve();
    await Promise.all([
      ...writes,
      registry.devices.report(deviceActor('removed'), 'removed', { reported: { p: 2 } }),
      registry.devices.report(deviceActor('edited'), 'edited', { reported: { q: 2 } }),
    ]);
    await reconciler.idle();
    for (const id of ['removed', 'edited', 'stays']) expect((await registry.devices.mustRead(id)).desired).toEqual({});
  }
});

test('what is told while it is open who is affected is told again when it is known', async () => {
  const store = new GatedStore();
  const { registry, reconciler, clock } = await world(async (one) => {
    await one.devices.register(OPERATOR, 'a', { tags: { self: 'a' } });
    await one.configurations.put(OPERATOR, 'c', everybody);
  }, store);
  await reconciler.idle();
  await registry.devices.report(deviceActor('a'), 'a', { acknowledgement: { version: 1, status: 'applied' } });
  const told: (number | undefined)[] = [];
  reconciler.onStatus((_id, counts) => told.push(counts?.applied));
  clock.advance(100);
  // Of two paths compared no index knows the answer: the device is read, which takes as long as the store is shut.
  const open = store.shut();
  await registry.configurations.put(OPERATOR, 'c', { ...everybody, targetCondition: 'device.id = device.tags.self' });
  await turns(10);
  clock.advance(100);
  open();
  await reconciler.idle();
  clock.advance(100);
  expect(told).toEqual([1, 0, 1]);
});

test('a configuration that was deleted and made again begins anew', async () => {
  const { registry, reconciler } = await world((one) => one.devices.register(OPERATOR, 'a', {}));
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  await registry.devices.report(deviceActor('a'), 'a', { acknowledgement: { version: 1, status: 'applied' } });
  const [, { record }] = await Promise.all([
    registry.configurations.remove(OPERATOR, 'c'),
    registry.configurations.put(OPERATOR, 'c', everybody),
  ]);
  expect(reconciler.status('c', record)).toMatchObject({ matched: 1, applied: 0, pending: 1 });
  await reconciler.idle();
  expect(reconciler.status('c')).toMatchObject({ matched: 1, applied: 1, pending: 0 });
});

test('a disabled configuration matches nobody, a disabled device is kept as it should be', async () => {
  const { registry, reconciler } = await world((one) => one.devices.register(OPERATOR, 'a', { enabled: false }));
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({ speed: 20 });
  const { record } = await registry.configurations.put(OPERATOR, 'c', { ...everybody, enabled: false });
  expect(reconciler.status('c', record)).toMatchObject({ matched: 0, winning: 0, pending: 0 });
  await reconciler.idle();
  expect((await registry.devices.mustRead('a')).desired).toEqual({});
});
