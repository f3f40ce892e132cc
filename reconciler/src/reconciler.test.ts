import type { Registry } from '@muster/registry';
import { type ConfigurationCounts, LIMITS } from '@muster/twin';
import { expect, onTestFinished, test } from 'vitest';
import { startWorld, type World } from './testing/index.js';

async function world(prepare?: (registry: Registry) => Promise<unknown>): Promise<World> {
  const made = await startWorld(prepare);
  onTestFinished(() => made.reconciler.stop());
  return made;
}

const everybody = { targetCondition: '*', desiredProperties: { speed: 20 } };

test('what was stored while nobody looked is brought along at the start', async () => {
  const { registry, reconciler } = await world(async (one) => {
    await one.register('a', { desired: { own: 1 } });
    await one.putConfiguration('c', everybody);
  });
  await reconciler.idle();
  expect((await registry.mustReadDevice('a')).desired).toEqual({ own: 1, speed: 20 });
  expect(reconciler.counters.repaired).toBe(0);
});

test('a device as it should be is not written', async () => {
  const { registry, reconciler } = await world();
  await registry.register('a', { desired: { own: 1 } });
  await registry.putConfiguration('c', everybody);
  await reconciler.idle();
  const { head } = await registry.changes(0, 1_000);
  await registry.putConfiguration('c', { ...everybody, description: 'other words' });
  await registry.patchDevice('a', { tags: { any: 1 } });
  await reconciler.idle();
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
  await reconciler.idle();
  const before = reconciler.counters.reconciled;
  await registry.report('a', { reported: { temperature: 20 } });
  await reconciler.idle();
  expect(reconciler.counters.reconciled).toBe(before);
  await registry.report('a', { reported: { battery: 10 } });
  await reconciler.idle();
  expect((await registry.mustReadDevice('a')).desired).toEqual({ save: true });
});

test('the sweep repairs what an event missed, and counts it', async () => {
  const { registry, reconciler, clock, logged } = await world();
  await registry.register('a', { desired: { own: 1 } });
  await reconciler.idle();
  // As if somebody had written past the verbs.
  await registry.setDesired('a', () => ({ kind: 'document', desired: { wrong: true }, configurations: [] }));
  await reconciler.idle();
  expect((await registry.mustReadDevice('a')).desired).toEqual({ wrong: true });
  clock.advance(60_000);
  await reconciler.idle();
  expect((await registry.mustReadDevice('a')).desired).toEqual({ own: 1 });
  expect(reconciler.counters.repaired).toBe(1);
  expect(logged.join()).toContain('repaired');
});

test('the sweep comes again and again, and finds nothing where nothing is wrong', async () => {
  const { registry, reconciler, clock } = await world();
  for (let n = 0; n < 300; n += 1) await registry.register(`d-${n}`, {});
  await registry.putConfiguration('c', everybody);
  await reconciler.idle();
  const before = reconciler.counters.reconciled ?? 0;
  for (let round = 0; round < 6; round += 1) {
    clock.advance(60_000);
    await reconciler.idle();
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
  await reconciler.idle();
  const { head } = await registry.changes(0, 0);
  await registry.putConfiguration('c', everybody);
  await reconciler.idle();
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
  await reconciler.idle();
  await registry.putConfiguration('two', { targetCondition: '*', desiredProperties: half('b') });
  await reconciler.idle();
  const record = await registry.mustReadDevice('a');
  expect([record.desired, record.desiredVersion, record.problem?.code]).toEqual([half('a'), 1, 'too-large']);
  expect(reconciler.status('one')).toMatchObject({ winning: 1, failed: 1 });
  expect(reconciler.status('two')).toMatchObject({ winning: 1, failed: 1 });
  await registry.removeConfiguration('one');
  await reconciler.idle();
  const after = await registry.mustReadDevice('a');
  expect([after.desired, after.desiredVersion, after.problem]).toEqual([half('b'), 2, undefined]);
});

test('counts are told soon after they changed, and taken back with the configuration', async () => {
  const { registry, reconciler, clock } = await world();
  const told: [string, ConfigurationCounts | undefined][] = [];
  reconciler.onStatus((id, counts) => told.push([id, counts]));
  await registry.putConfiguration('c', everybody);
  await reconciler.idle();
  clock.advance(1_000);
  expect(told).toEqual([['c', expect.objectContaining({ matched: 0 })]]);
  await registry.register('a', {});
  await reconciler.idle();
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, pending: 1, offline: 1 })]);
  await registry.report('a', { acknowledgement: { version: 1, status: 'applied' } });
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', expect.objectContaining({ matched: 1, applied: 1, pending: 0, offline: 0 })]);
  await registry.removeConfiguration('c');
  await reconciler.idle();
  clock.advance(1_000);
  expect(told.at(-1)).toEqual(['c', undefined]);
});

test('bringing a fleet along holds the event loop for slices only', async () => {
  const { registry, reconciler } = await world();
  for (let n = 0; n < 3_000; n += 1) await registry.register(`d-${n}`, {});
  await reconciler.idle();
  await registry.putConfiguration('c', everybody);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  count();
  await reconciler.idle();
  isDone = true;
  // The clock stands still, so only the number of steps ends a slice: 3,000 devices take several of them.
  expect(turns).toBeGreaterThanOrEqual(8);
  expect(reconciler.status('c').matched).toBe(3_000);
  expect(LIMITS.sliceMs).toBeLessThan(20);
});
