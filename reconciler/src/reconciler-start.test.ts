import type { Registry } from '@muster/registry';
import { FakeClock, openRegistry } from '@muster/registry/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Reconciler } from './reconciler.js';
import { startWorld, turns, type World } from './testing/index.js';

async function world(prepare: (registry: Registry) => Promise<unknown>): Promise<World> {
  const made = await startWorld(prepare);
  onTestFinished(() => made.reconciler.stop());
  return made;
}

/** A given secret spares the generating of thousands. */
const auth = { type: 'secret', secret: 'sixteen characters' };
const everybody = { targetCondition: '*', desiredProperties: { speed: 20 } };

test('who writes while the fleet is read for the first time is counted once', async () => {
  const registry = await openRegistry();
  for (let n = 0; n < 1_500; n += 1) await registry.register(`d-${String(n).padStart(4, '0')}`, { auth });
  await registry.putConfiguration('c', everybody);
  const starting = Reconciler.start({ registry, clock: new FakeClock(), log: () => {} });
  for (const id of ['d-0000', 'd-1499', 'd-0700']) {
    await registry.removeDevice(id);
    await registry.register(id, { auth });
    await turns(1);
  }
  await registry.register('new', { auth });
  const reconciler = await starting;
  onTestFinished(() => reconciler.stop());
  await reconciler.idle();
  expect(reconciler.counters.devices).toBe(1_501);
  expect(reconciler.status('c')).toMatchObject({ matched: 1_501, pending: 1_501 });
});

test('how far a start has come is told in small steps', async () => {
  const registry = await openRegistry();
  for (let n = 0; n < 1_200; n += 1) await registry.register(`d-${n}`, { auth });
  const told: number[] = [];
  const progress = (devicesRead: number): number => told.push(devicesRead);
  const reconciler = await Reconciler.start({ registry, clock: new FakeClock(), log: () => {}, progress });
  onTestFinished(() => reconciler.stop());
  expect(told).toEqual([500, 1_000]);
});

test('a start that is given up ends at once, and nothing goes on behind', async () => {
  const clock = new FakeClock();
  const registry = await openRegistry({ clock });
  for (let n = 0; n < 2_000; n += 1) await registry.register(`d-${n}`, { auth });
  await registry.putConfiguration('c', everybody);
  const giveUp = new AbortController();
  const reason = new Error('given up');
  let scans = 0;
  const devices = registry.devices.bind(registry);
  registry.devices = async function* (after) {
    for await (const record of devices(after)) {
      scans += 1;
      if (scans === 600) giveUp.abort(reason);
      yield record;
    }
  };
  const parts = { registry, clock, log: () => {}, signal: giveUp.signal };
  await expect(Reconciler.start(parts)).rejects.toBe(reason);
  expect(scans).toBe(600);
  await expect(Reconciler.start(parts)).rejects.toBe(reason);
  await registry.register('later', { auth });
  await turns(5);
  expect((await registry.mustReadDevice('later')).desired).toEqual({});
});

test('a start never has a whole fleet waiting in memory', async () => {
  const { reconciler } = await world(async (registry) => {
    for (let n = 0; n < 12_000; n += 1) await registry.register(`d-${n}`, { auth });
    await registry.putConfiguration('c', everybody);
  });
  expect(reconciler.counters.queued).toBeLessThanOrEqual(10_000);
  await reconciler.idle();
  expect(reconciler.counters.changed).toBe(12_000);
  expect(reconciler.status('c').matched).toBe(12_000);
});
