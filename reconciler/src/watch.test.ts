import { ScanIndex } from '@muster/conditions';
import type { Registry } from '@muster/registry';
import { FakeClock, openRegistry, setDesired } from '@muster/registry/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigurationBook } from './configuration-book.js';
import { FailingStore, turns } from './testing/index.js';
import { Watch } from './watch.js';

async function watchOf(prepare: (registry: Registry) => Promise<unknown> = async () => {}) {
  const [clock, store] = [new FakeClock(), new FailingStore()];
  const registry = await openRegistry({ clock, store });
  await prepare(registry);
  const book = new ConfigurationBook(new ScanIndex());
  const [connected, heard, logged] = [new Set<string>(), [] as string[], [] as string[]];
  const listener = {
    deviceTouched: (id: string) => heard.push(id),
    deviceConnected: (id: string) => heard.push(`${id} connected`),
    configurationTouched: (id: string) => heard.push(`configuration ${id}`),
    everythingTouched: () => heard.push('everything'),
  };
  const log = (_level: string, message: string) => void logged.push(message);
  const watch = new Watch({ registry, clock, log, book, connected, listener });
  onTestFinished(() => watch.stop());
  const seen: string[] = [];
  await watch.start(({ id }) => seen.push(id));
  const news = async (): Promise<string[]> => {
    await watch.caughtUp();
    return heard.splice(0);
  };
  return { watch, clock, store, registry, book, connected, heard, logged, seen, news };
}

const battery = { targetCondition: 'device.reported.battery < 20', desiredProperties: { save: true } };

test('at the start everything stored is known, and nothing is told', async () => {
  const { book, connected, seen, news } = await watchOf(async (registry) => {
    for (const id of ['a', 'b']) await registry.register(id, {});
    await registry.setPresence('b', { connected: true });
    await registry.putConfiguration('c', battery);
  });
  expect([seen, [...connected], book.ids()]).toEqual([['a', 'b'], ['b'], ['c']]);
  expect(await news()).toEqual([]);
});

const stories: readonly [string, (registry: Registry) => Promise<unknown>, readonly string[]][] = [
  ['a registration', (registry) => registry.register('new', {}), ['new']],
  ['tags', (registry) => registry.patchDevice('a', { tags: { k: 1 } }), ['a']],
  ['the own layer', (registry) => registry.patchDevice('a', { desired: { k: 1 } }), ['a']],
  ['a deletion', (registry) => registry.removeDevice('a'), []],
  ['a report that a condition reads', (registry) => registry.report('a', { reported: { battery: 1 } }), ['a']],
  ['a report that none reads', (registry) => registry.report('a', { reported: { other: 1 } }), []],
  ['a connection', (registry) => registry.setPresence('a', { connected: true }), ['a connected']],
  ['a configuration', (registry) => registry.putConfiguration('d', battery), ['configuration d']],
  ['a configuration that goes', (registry) => registry.removeConfiguration('c'), ['configuration c']],
  [
    'what is written by reconciling',
    (registry) => setDesired(registry, 'a', () => ({ kind: 'document', desired: { k: 1 }, configurations: [] })),
    [],
  ],
];

test.each(stories)('%s touches what it touches', async (_name, happen, touched) => {
  const { registry, news } = await watchOf(async (one) => {
    await one.register('a', {});
    await one.putConfiguration('c', battery);
  });
  await happen(registry);
  expect(await news()).toEqual(touched);
});

test('the book and the presence of devices follow', async () => {
  const { registry, book, connected, news } = await watchOf((one) => one.register('a', {}));
  await registry.setPresence('a', { connected: true });
  await registry.putConfiguration('c', battery);
  await news();
  expect([[...connected], book.get('c')?.record.generation]).toEqual([['a'], 1]);
  await registry.putConfiguration('c', { ...battery, priority: 1 });
  await registry.removeDevice('a');
  await news();
  expect([[...connected], book.get('c')?.record.generation]).toEqual([[], 2]);
  await registry.removeConfiguration('c');
  await news();
  expect(book.size).toBe(0);
});

test('when changes were trimmed before they were read, everything is read anew', async () => {
  const { registry, store, book, connected, logged, news } = await watchOf(async (one) => {
    for (const id of ['a', 'b']) await one.register(id, {});
    await one.setPresence('a', { connected: true });
    await one.putConfiguration('c', battery);
  });
  await registry.putConfiguration('d', battery);
  await registry.removeConfiguration('c');
  await registry.setPresence('a', { connected: false });
  await registry.setPresence('b', { connected: true });
  await registry.patchDevice('a', { tags: { k: 1 } });
  await store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  expect(await news()).toContain('everything');
  expect([book.ids(), [...connected]]).toEqual([['d'], ['b']]);
  expect(logged.join()).toContain('trimmed');
  await registry.patchDevice('b', { tags: { k: 1 } });
  expect(await news()).toEqual(['b']);
});

test.each(['read', 'changes'] as const)(
  'when %s fails it is tried again until it works, and everything counts as touched',
  async (verb) => {
    const { registry, store, clock, book, logged, heard, news } = await watchOf();
    await registry.putConfiguration('c', battery);
    store.failing.add(verb);
    await turns();
    clock.advance(2_000);
    await turns();
    expect(book.size).toBe(0);
    store.failing.clear();
    clock.advance(2_000);
    expect(await news()).toEqual(['everything']);
    expect(book.ids()).toEqual(['c']);
    expect(logged.length).toBeGreaterThanOrEqual(3);
    await registry.register('a', {});
    expect(await news()).toEqual(['a']);
    expect(heard).toEqual([]);
  },
);

test('a check finds what no change had told of, and only that', async () => {
  const { watch, registry, store, book, news } = await watchOf(async (one) => {
    for (const id of ['edited', 'gone', 'same']) await one.putConfiguration(id, battery);
  });
  expect(await watch.check()).toBe(0);
  await registry.putConfiguration('same', { ...battery, priority: 1 });
  await registry.putConfiguration('fresh', battery);
  await registry.removeConfiguration('gone');
  expect(await watch.check()).toBe(0);
  expect((await news()).toSorted()).toEqual(['configuration fresh', 'configuration gone', 'configuration same']);
  // As if somebody had written past the verbs.
  const edited = { ...(await registry.mustReadConfiguration('edited')), priority: 5, revision: 9 };
  await store.update('configuration', 'edited', () => ({ result: undefined, entry: edited }));
  await store.update('configuration', 'same', () => ({
    result: undefined,
    entry: { id: 'same', deleted: true, created: 1, revision: 9 },
  }));
  expect(await watch.check()).toBe(2);
  expect((await news()).toSorted()).toEqual(['configuration edited', 'configuration same']);
  expect([book.get('edited')?.record.priority, book.get('same')]).toEqual([5, undefined]);
  expect(await watch.check()).toBe(0);
});

test('after a stop nothing is told, and nobody waits', async () => {
  const { watch, registry, heard } = await watchOf();
  await registry.register('a', {});
  const waiting = watch.caughtUp();
  await watch.stop();
  await waiting;
  await registry.register('b', {});
  await turns();
  expect(heard).toEqual([]);
});
