import type { Registry } from '@muster/registry';
import { FakeClock, openRegistry } from '@muster/registry/testing';
import { type ConfigurationCounts, LIMITS } from '@muster/twin';
import { expect, onTestFinished, test } from 'vitest';
import { Reconciler } from './reconciler.js';

interface World {
  readonly clock: FakeClock;
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly logged: string[];
}

async function world(prepare: (registry: Registry) => Promise<unknown> = async () => {}): Promise<World> {
  const clock = new FakeClock();
  const registry = await openRegistry({ clock });
  await prepare(registry);
  const logged: string[] = [];
  const log = (_level: string, message: string) => void logged.push(message);
  const reconciler = await Reconciler.start({ registry, clock, log, sweepIntervalMs: 60_000 });
  onTestFinished(() => reconciler.stop());
  return { clock, registry, reconciler, logged };
}

async function settle(reconciler: Reconciler): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await reconciler.idle();
  }
}

const everybody = { targetCondition: '*', desiredProperties: { speed: 20 } };

test('what was stored while nobody looked is brought along at the start', async () => {
  const { registry, reconciler } = await world(async (one) => {
    await one.register('a', { desired: { own: 1 } });
    await one.putConfiguration('c', everybody);
  });
  await settle(reconciler);
  expect((await registry.mustReadDevice('a')).desired).toEqual({ own: 1, speed: 20 });
  expect(reconciler.counters.repaired).toBe(0);
});

test('a device as it should be is not written', async () => {
  const { registry, reconciler } = await world();
  await registry.register('a', { desired: { own: 1 } });
  await registry.putConfiguration('c', everybody);
  await settle(reconciler);
  const { head } = await registry.changes(0, 1_000);
  await registry.putConfiguration('c', { ...everybody, description: 'other words' });
  await registry.patchDevice('a', { tags: { any: 1 } });
  await settle(reconciler);
  const { changes } = await registry.changes(head, 1_000);
  expect(changes.map(({ kind }) => kind)).toEqual(['configuration', 'device']);
});

test('a report that no condition reads wakes nobody', async () => {
  const { registry, reconciler } = await world();
  await registry.register('a', {});
  await registry.putConfiguration('c', {
    targetCondition: 'device.reported.battery < 20',
    desiredProperties: { save: true },
  });
  await settle(reconciler);
  const before = reconciler.counters.reconciled;
  await registry.report('a', { reported: { temperature: 20 } });
  await settle(reconciler);
  expect(reconciler.counters.reconciled).toBe(before);
  await registry.report('a', { reported: { battery: 10 } });
  await settle(reconciler);
  expect((await registry.mustReadDevice('a')).desired).toEqual({ save: true });
});

test('the sweep repairs what an event missed, and counts it', async () => {
  const { registry, reconciler, clock, logged } = await world();
  await registry.register('a', { desired: { own: 1 } });
  await settle(reconciler);
  // As if somebody had written past the verbs.
  await registry.setDesired('a', () => ({ kind: 'document', desired: { wrong: true }, configurations: [] }));
  await settle(reconciler);
  expect((await registry.mustReadDevice('a')).desired).toEqual({ wrong: true });
  clock.advance(60_000);
  await settle(reconciler);
  expect((await registry.mustReadDevice('a')).desired).toEqual({ own: 1 });
  expect(reconciler.counters.repaired).toBe(1);
  expect(logged.join()).toContain('repaired');
});

test('the sweep comes again and again, and finds nothing where nothing is wrong', async () => {
  const { registry, reconciler, clock } = await world();
  for (let n = 0; n < 300; n += 1) await registry.register(`d-${n}`, {});
  await registry.putConfiguration('c', everybody);
  await settle(reconciler);
  const before = reconciler.counters.reconciled ?? 0;
  for (let round = 0; round < 6; round += 1) {
    clock.advance(60_000);
    await settle(reconciler);
  }
  expect(reconciler.counters.reconciled).toBeGreaterThan(before + 600);
  expect(reconciler.counters.repaired).toBe(0);
});

test('connected devices are served before those that are not', async () => {
  const { registry, reconciler } = await world();
  const ids = Array.from({ length: 40 }, (_, n) => `d-${n}`);
  for (const id of ids) await registry.register(id, {});
  const here = ids.filter((_, n) => n % 7 === 3);
  for (const id of here) await registry.setPresence(id, { connected: true });
  await settle(reconciler);
  const { head } = await registry.changes(0, 0);
  await registry.putConfiguration('c', everybody);
  await settle(reconciler);
  const { changes } = await registry.changes(head, 1_000);
  const served = changes.flatMap((change) => (change.kind === 'desired' ? [change.device] : []));
  expect(served).toHaveLength(40);
  expect(new Set(served.slice(0, here.length))).toEqual(new Set(here));
});

test('layers that are too much together are a problem, which is solved when one leaves', async () => {
  const { registry, reconciler } = await world();
  const half = (name: string) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${name}${n}`, 'x'.repeat(1_000)]));
  await registry.register('a', {});
  await registry.putConfiguration('one', { targetCondition: '*', desiredProperties: half('a') });
  await settle(reconciler);
  await registry.putConfiguration('two', { targetCondition: '*', desiredProperties: half('b') });
  await settle(reconciler);
  const record = await registry.mustReadDevice('a');
  expect([record.desired, record.desiredVersion, record.problem?.code]).toEqual([half('a'), 1, 'too-large']);
  expect(reconciler.status('one')).toMatchObject({ winning: 1, failed: 1 });
  expect(reconciler.status('two')).toMatchObject({ winning: 1, failed: 1 });
  await registry.removeConfiguration('one');
  await settle(reconciler);
  const after = await registry.mustReadDevice('a');
  expect([after.desired, after.desiredVersion, after.problem]).toEqual([half('b'), 2, undefined]);
});

test('counts are told soon after they changed, and taken back with the configuration', async () => {
  const { registry, reconciler, clock } = await world();
  const told: [string, ConfigurationCounts | undefined][] = [];
  reconciler.onStatus((id, counts) => told.push([id, counts]));
  await registry.putConfiguration('c', everybody);
  await settle(reconciler);
  clock.advance(1_000);
  expect(told).toEqual([['c', expect.objectContaining({ matched: 0 })]]);
  await registry.register('a', {});
  await settle(reconciler);
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, pending: 1, offline: 1 })]);
  await registry.report('a', { acknowledgement: { version: 1, status: 'applied' } });
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, applied: 1, pending: 0, offline: 0 })]);
  await registry.removeConfiguration('c');
  await settle(reconciler);
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', undefined]);
});

test('bringing a fleet along holds the event loop for slices only', async () => {
  const { registry, reconciler } = await world();
  for (let n = 0; n < 3_000; n += 1) await registry.register(`d-${n}`, {});
  await settle(reconciler);
  await registry.putConfiguration('c', everybody);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  count();
  await settle(reconciler);
  isDone = true;
  // The clock stands still, so only the number of steps ends a slice: 3,000 devices take several of them.
  expect(turns).toBeGreaterThanOrEqual(8);
  expect(reconciler.status('c').matched).toBe(3_000);
  expect(LIMITS.sliceMs).toBeLessThan(20);
});
