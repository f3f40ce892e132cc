import { type Condition, KeyIndex } from '@muster/conditions';
import type { Registry } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { FakeClock, LateStore, OPERATOR, openRegistry } from '@muster/registry/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Reconciler } from './reconciler.js';
import { rolloutRules } from './rollout/rollout-rules.js';
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
  for (let n = 0; n < 1_500; n += 1)
    await registry.devices.register(OPERATOR, `d-${String(n).padStart(4, '0')}`, { auth });
  await registry.configurations.put(OPERATOR, 'c', everybody);
  const starting = Reconciler.start({ registry, clock: new FakeClock(), log: () => {} });
  for (const id of ['d-0000', 'd-1499', 'd-0700']) {
    await registry.devices.remove(OPERATOR, id);
    await registry.devices.register(OPERATOR, id, { auth });
    await turns(1);
  }
  await registry.devices.register(OPERATOR, 'new', { auth });
  const reconciler = await starting;
  onTestFinished(() => reconciler.stop());
  await reconciler.idle();
  expect(reconciler.counters.devices).toBe(1_501);
  expect(reconciler.status('c')).toMatchObject({ matched: 1_501, pending: 1_501 });
});

test('how far a start has come is told in small steps', async () => {
  const registry = await openRegistry();
  for (let n = 0; n < 1_200; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
  const told: number[] = [];
  const progress = (devicesRead: number): number => told.push(devicesRead);
  const reconciler = await Reconciler.start({ registry, clock: new FakeClock(), log: () => {}, progress });
  onTestFinished(() => reconciler.stop());
  expect(told).toEqual([500, 1_000]);
});

test('a start that is given up ends at once, and nothing goes on behind', async () => {
  const clock = new FakeClock();
  const registry = await openRegistry({ clock });
  for (let n = 0; n < 2_000; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
  await registry.configurations.put(OPERATOR, 'c', everybody);
  const giveUp = new AbortController();
  const reason = new Error('given up');
  let pages = 0;
  const scan = registry.devices.scan.bind(registry.devices);
  registry.devices.scan = (after, limit) => {
    pages += 1;
    if (pages === 4) giveUp.abort(reason);
    return scan(after, limit);
  };
  const parts = { registry, clock, log: () => {}, signal: giveUp.signal };
  await expect(Reconciler.start(parts)).rejects.toBe(reason);
  expect(pages).toBe(4);
  await expect(Reconciler.start(parts)).rejects.toBe(reason);
  await registry.devices.register(OPERATOR, 'later', { auth });
  await turns(5);
  expect((await registry.devices.mustRead('later')).desired).toEqual({});
});

test('a start never has a whole fleet waiting in memory', async () => {
  const { reconciler } = await world(async (registry) => {
    for (let n = 0; n < 12_000; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
    await registry.configurations.put(OPERATOR, 'c', everybody);
  });
  expect(reconciler.counters.queued).toBeLessThanOrEqual(10_000);
  await reconciler.idle();
  expect(reconciler.counters.changed).toBe(12_000);
  expect(reconciler.status('c').matched).toBe(12_000);
});

test('a device that is written while devices are read is known once, whatever the timing', async () => {
  const rollout = { phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] };
  for (const seed of [1, 2, 3]) {
    const clock = new FakeClock();
    const registry = await openRegistry({ clock, store: new LateStore(seed), rollouts: rolloutRules });
    await Promise.all(Array.from({ length: 400 }, (_, n) => registry.devices.register(OPERATOR, `d-${n}`, { auth })));
    const starting = Reconciler.start({ registry, clock, log: () => {} });
    const writes = Array.from({ length: 60 }, async (_, n) => {
      await turns(n % 7);
      if (n % 3 === 0) await registry.devices.remove(OPERATOR, `d-${n}`);
      if (n % 6 === 0) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
      if (n % 3 === 1) await registry.devices.report(deviceActor(`d-${n}`), `d-${n}`, { reported: { battery: n } });
      if (n === 5) await registry.configurations.put(OPERATOR, 'c', { ...everybody, rollout });
    });
    await Promise.all(writes);
    const reconciler = await starting;
    onTestFinished(() => reconciler.stop());
    for (let second = 0; second < 5; second += 1) {
      await reconciler.idle();
      clock.advance(1_000);
    }
    await reconciler.idle();
    const { devices, restarted, repaired } = reconciler.counters;
    expect({ devices, restarted, repaired }).toEqual({ devices: 390, restarted: 0, repaired: 0 });
    expect(reconciler.status('c')).toMatchObject({ matched: 390, admitted: 195 });
  }
});

test('a bug in what follows the store fails no writer; everything is read again', async () => {
  const logged: string[] = [];
  const clock = new FakeClock();
  const registry = await openRegistry({ clock });
  for (let n = 0; n < 5; n += 1) await registry.devices.register(OPERATOR, `d-${n}`, { auth });
  let faults = 1;
  class FaultyIndex extends KeyIndex {
    override add(key: string, condition: Condition): void {
      if (condition.text === 'device.tags.n = 7' && faults-- > 0) throw new Error('a bug');
      super.add(key, condition);
    }
  }
  const reconciler = await Reconciler.start({
    ...{ registry, clock, openIndex: () => new FaultyIndex() },
    log: (level, message) => logged.push(`${level} ${message}`),
  });
  onTestFinished(() => reconciler.stop());
  const told: unknown[] = [];
  reconciler.onStatus((id, counts) => told.push([id, counts?.matched]));
  await registry.configurations.put(OPERATOR, 'c', everybody);
  await registry.configurations.put(OPERATOR, 'faulty', { ...everybody, targetCondition: 'device.tags.n = 7' });
  expect(() => reconciler.status('c')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  await registry.devices.register(OPERATOR, 'd-5', { auth, tags: { n: 7 } });
  await reconciler.idle();
  expect(reconciler.counters).toMatchObject({ restarted: 1, devices: 6, repaired: 0 });
  expect([reconciler.status('c').matched, reconciler.status('faulty').matched]).toEqual([6, 1]);
  expect(logged).toEqual(['error the reconciler could not follow the store; reading everything again']);
  clock.advance(1_000);
  expect(told.slice(-2)).toEqual([
    ['c', 6],
    ['faulty', 1],
  ]);
});
