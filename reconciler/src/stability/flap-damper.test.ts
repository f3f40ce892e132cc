import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationInput } from '@muster/api';
import { KeyIndex } from '@muster/conditions';
import { deviceActor } from '@muster/registry';
import { FakeClock, makeDevice, OPERATOR } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { ConfigurationCache } from '../cache/configuration-cache.js';
import { configurationRecord, previewOf, startWorld, type World } from '../testing/index.js';
import { FlapDamper } from './flap-damper.js';

const BOUND = { changesMax: 3, withinMs: 600_000 };
type Written = Pick<ConfigurationInput, 'targetCondition' | 'desiredProperties' | 'priority' | 'enabled' | 'labels'>;

const HOT: Written = {
  targetCondition: 'device.reported.hot = true',
  desiredProperties: { fan: 'on' },
};

async function open(written: JsonObject = HOT, { isOff = false } = {}): Promise<World> {
  const prepare: Parameters<typeof startWorld>[0] = async (registry) => {
    for (const id of ['d', 'quiet']) await registry.devices.register(OPERATOR, id, {});
    await registry.configurations.put(OPERATOR, 'c', written);
  };
  const world = await startWorld(prepare, undefined, isOff ? undefined : BOUND);
  onTestFinished(() => world.reconciler.stop());
  await settle(world);
  return world;
}

async function settle({ reconciler, clock }: World): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await reconciler.idle();
    clock.advance(20);
  }
  await reconciler.idle();
}

/** Resyncs continue meanwhile. */
async function pass(world: World, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 10_000) {
    world.clock.advance(10_000);
    await world.reconciler.idle();
  }
  await settle(world);
}

async function report(world: World, hot: boolean): Promise<unknown> {
  await world.registry.devices.report(deviceActor('d'), 'd', { reported: { hot } });
  await settle(world);
  return (await world.registry.devices.mustRead('d')).desired.fan;
}

/** Changes the match this often; returns what the device has after each change. */
async function flap(world: World, times: number, first = true): Promise<unknown[]> {
  const had: unknown[] = [];
  for (let n = 0; n < times; n += 1) had.push(await report(world, first === (n % 2 === 0)));
  return had;
}

async function standing(world: World) {
  const { configurations } = await world.reconciler.explain('d');
  return configurations.find(({ id }) => id === 'c');
}

test('a device that enters and leaves too often is held in, and released when it is quiet', async () => {
  const world = await open();
  expect(await flap(world, 6)).toEqual(['on', undefined, 'on', 'on', 'on', 'on']);
  expect(world.reconciler.counters).toMatchObject({ held: 1, holds: 1 });
  expect(await standing(world)).toMatchObject({
    applies: true,
    reason: 'held',
    detail: expect.stringContaining('10m'),
  });
  const { desiredVersion } = await world.registry.devices.mustRead('d');
  await pass(world, 500_000);
  expect(await world.registry.devices.mustRead('d')).toMatchObject({ desired: { fan: 'on' }, desiredVersion });
  await pass(world, 110_000);
  expect((await world.registry.devices.mustRead('d')).desired).toEqual({});
  expect(await standing(world)).toMatchObject({ applies: false, reason: 'condition-false' });
  expect(world.reconciler.counters).toMatchObject({ held: 0, holds: 1, repaired: 0 });
});

test('a device is held out as well', async () => {
  const world = await open();
  await report(world, true);
  await pass(world, 700_000);
  expect(await flap(world, 5, false)).toEqual([undefined, 'on', undefined, undefined, undefined]);
  expect(await report(world, true)).toBeUndefined();
  expect(await standing(world)).toMatchObject({ applies: false, reason: 'held' });
  await pass(world, 620_000);
  expect((await world.registry.devices.mustRead('d')).desired).toEqual({ fan: 'on' });
  expect(world.reconciler.counters).toMatchObject({ held: 0, repaired: 0 });
});

test('a match that keeps changing keeps the device held', async () => {
  const world = await open();
  await flap(world, 4);
  for (let n = 0; n < 4; n += 1) {
    await pass(world, 400_000);
    expect(await report(world, n % 2 === 0)).toBe('on');
  }
  expect(world.reconciler.counters).toMatchObject({ held: 1, holds: 1, repaired: 0 });
});

test('a device that changes slowly is never held, and other devices are not affected', async () => {
  const world = await open();
  for (let n = 0; n < 6; n += 1) {
    expect(await report(world, n % 2 === 0)).toBe(n % 2 === 0 ? 'on' : undefined);
    await pass(world, 210_000);
  }
  expect(world.reconciler.counters).toMatchObject({ held: 0, holds: 0, repaired: 0 });
  expect(await world.registry.devices.mustRead('quiet')).toMatchObject({ desired: {}, desiredVersion: 0 });
});

test('without a bound no device is held', async () => {
  const world = await open(HOT, { isOff: true });
  expect(await flap(world, 4)).toEqual(['on', undefined, 'on', undefined]);
  expect(world.reconciler.counters).toMatchObject({ held: 0, holds: 0 });
});

test.each<[what: string, act: (world: World) => Promise<unknown>, expected: JsonObject]>([
  [
    'a new generation',
    (world) => world.registry.configurations.put(OPERATOR, 'c', { ...HOT, desiredProperties: { fan: 'low' } }),
    {},
  ],
  [
    'another condition',
    (world) => world.registry.configurations.put(OPERATOR, 'c', { ...HOT, targetCondition: '*' }),
    { fan: 'on' },
  ],
  ['disabling it', (world) => world.registry.configurations.put(OPERATOR, 'c', { ...HOT, enabled: false }), {}],
  ['deleting it', (world) => world.registry.configurations.remove(OPERATOR, 'c'), {}],
])('%s releases', async (_, act, expected) => {
  const world = await open();
  await flap(world, 4);
  expect(await standing(world)).toMatchObject({ applies: true, reason: 'held' });
  await act(world);
  await settle(world);
  expect((await world.registry.devices.mustRead('d')).desired).toEqual(expected);
  await pass(world, 700_000);
  expect(world.reconciler.counters).toMatchObject({ held: 0, repaired: 0 });
});

type Place = 'in' | 'out';

/** Its match then differs from what it has. */
async function holdIt(world: World, place: Place): Promise<void> {
  if (place === 'out') {
    await report(world, true);
    await pass(world, 700_000);
  }
  await flap(world, 4, place === 'in');
  expect(await standing(world)).toMatchObject({ applies: place === 'in', reason: 'held' });
}

const STRONG: Written = { targetCondition: '*', desiredProperties: { fan: 'off' }, priority: 1 };

test.each<[what: string, place: Place, id: string, input: Written]>([
  ['a new generation', 'in', 'c', { ...HOT, desiredProperties: { fan: 'low' } }],
  ['a new generation', 'out', 'c', { ...HOT, desiredProperties: { fan: 'low' } }],
  ['another condition', 'in', 'c', { ...HOT, targetCondition: "device.reported.hot = 'x'" }],
  ['another condition', 'out', 'c', { ...HOT, targetCondition: '*' }],
  ['an edit of the labels', 'in', 'c', HOT],
  ['an edit of the labels', 'out', 'c', { ...HOT, labels: { seen: 'yes' } }],
  ['disabling it', 'in', 'c', { ...HOT, enabled: false }],
  ['disabling it', 'out', 'c', { ...HOT, enabled: false }],
  ['a second one, stronger', 'in', 'other', STRONG],
  ['a second one, weaker', 'in', 'other', { ...STRONG, priority: -1 }],
  ['a second one, weaker', 'out', 'other', { ...STRONG, priority: -1 }],
])('the preview of %s takes into account devices held %s', async (_, place, id, written) => {
  const world = await open();
  await holdIt(world, place);
  const before = await desiredOfAll(world);
  const preview = await previewOf(world, id, written);
  await world.registry.configurations.put(OPERATOR, id, written);
  await settle(world);
  const after = await desiredOfAll(world);
  const changed = before
    .map((one, n) => ({ ...one, after: after[n]?.before }))
    .filter((one) => !isDeepStrictEqual(one.before, one.after));
  expect(preview).toMatchObject({ changed: changed.length, sample: changed });
});

async function desiredOfAll({ registry }: World): Promise<{ id: string; before: JsonObject }[]> {
  return Promise.all(['d', 'quiet'].map(async (id) => ({ id, before: (await registry.devices.mustRead(id)).desired })));
}

test('a held device still gets the changes of other configurations', async () => {
  const world = await open();
  await flap(world, 4);
  await world.registry.configurations.put(OPERATOR, 'other', {
    targetCondition: '*',
    desiredProperties: { light: 'red' },
  });
  await settle(world);
  expect((await world.registry.devices.mustRead('d')).desired).toEqual({ fan: 'on', light: 'red' });
});

test('a held device keeps its generation of a rollout', async () => {
  const rollout = { phases: [{ percent: 50, wait: '1d' }, { percent: 100 }] };
  const world = await open({
    ...HOT,
    targetCondition: 'device.reported.hot = true OR device.id = "quiet"'.replaceAll('"', "'"),
  });
  await flap(world, 1);
  await world.registry.configurations.put(OPERATOR, 'c', {
    targetCondition: "device.reported.hot = true OR device.id = 'quiet'",
    desiredProperties: { fan: 'fast' },
    rollout,
  });
  await settle(world);
  const before = (await world.registry.devices.mustRead('d')).desired.fan;
  const had = await flap(world, 8, false);
  const kept = had.at(-1);
  expect(had.slice(3)).toEqual([kept, kept, kept, kept, kept]);
  expect(['on', 'fast', undefined]).toContain(before);
  expect(world.reconciler.counters).toMatchObject({ held: 1, repaired: 0 });
  await pass(world, 700_000);
  expect(world.reconciler.counters).toMatchObject({ held: 0, repaired: 0 });
});

test('a device that is deleted is forgotten', async () => {
  const world = await open();
  await flap(world, 4);
  await world.registry.devices.remove(OPERATOR, 'd');
  await pass(world, 700_000);
  expect(world.reconciler.counters).toMatchObject({ held: 0, repaired: 0 });
});

describe('the memory', () => {
  const WITHIN_MS = 1_000;

  function openDamper(rememberedMax: number) {
    const [clock, woken, cache] = [new FakeClock(), [] as string[], new ConfigurationCache(new KeyIndex())];
    const entry = cache.put(configurationRecord());
    const bound = { changesMax: 1, withinMs: WITHIN_MS };
    const damper = new FlapDamper({ bound, clock, cache, wake: (id) => woken.push(id), rememberedMax });
    const standing = { id: 'c', generation: 1, created: 1, applied: true, overridden: false };
    /** A device that is in the configuration, or not, while its match says the reverse. */
    const turn = (id: string, isIn: boolean): boolean => {
      const matches = isIn ? [] : [{ entry, current: true, stable: false }];
      const damped = damper.damp(makeDevice({ id, configurations: isIn ? [standing] : [] }), { matches });
      damper.onReconciled(id, damped);
      return damped !== undefined && damped.matches !== matches;
    };
    return { clock, woken, damper, turn };
  }

  it('keeps the devices that changed last', () => {
    const { damper, turn } = openDamper(2);
    for (const id of ['a', 'b', 'c']) turn(id, false);
    expect(['c', 'a'].map((id) => turn(id, true))).toEqual([true, false]);
    expect(damper.counters).toEqual({ held: 1, holds: 1 });
  });

  it('takes no other devices while held ones fill it', () => {
    const { clock, woken, damper, turn } = openDamper(2);
    for (const id of ['a', 'b']) expect([turn(id, false), turn(id, true)]).toEqual([false, true]);
    expect([turn('c', false), turn('c', true)]).toEqual([false, false]);
    expect(damper.counters).toEqual({ held: 2, holds: 2 });
    clock.advance(WITHIN_MS);
    expect(woken).toEqual(['a', 'b']);
    for (const id of ['a', 'b']) expect(turn(id, true)).toBe(false);
    expect(damper.counters).toEqual({ held: 0, holds: 2 });
  });

  it('forgets old changes', () => {
    const { clock, turn } = openDamper(2);
    turn('a', false);
    clock.advance(WITHIN_MS);
    expect(turn('a', true)).toBe(false);
  });

  it('wakes no device after a stop', () => {
    const { clock, woken, damper, turn } = openDamper(2);
    turn('a', false);
    turn('a', true);
    damper.stop();
    clock.advance(WITHIN_MS);
    expect(woken).toEqual([]);
  });
});
