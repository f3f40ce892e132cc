import type { Configurations, Oscillation } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { FakeClock, makeDevice, OPERATOR } from '@muster/registry/testing';
import { TwinError } from '@muster/twin';
import { expect, onTestFinished, test } from 'vitest';
import { startWorld, turns, type World } from '../testing/index.js';
import { OSCILLATION_WITHIN_MS, RETURNS_MIN } from './oscillation.js';
import { OscillationDetector } from './oscillation-detector.js';

const WARNING = 'configurations take turns on a device, each time after it reported: they may push each other';

async function open(conditionOf: (mode: string) => string): Promise<World> {
  const world = await startWorld(async (registry) => {
    await registry.devices.register(OPERATOR, 'd', {});
    await registry.devices.setPresence(deviceActor('d'), 'd', { connected: true });
    for (const [id, mode, other] of [
      ['to-y', 'x', 'y'],
      ['to-x', 'y', 'x'],
    ] as const) {
      await registry.configurations.put(OPERATOR, id, {
        targetCondition: conditionOf(mode),
        desiredProperties: { mode: other },
      });
    }
  });
  onTestFinished(() => world.reconciler.stop());
  return world;
}

/** The device applies its document and reports it. */
async function obey({ registry, reconciler, clock }: World, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const { desired } = await registry.devices.mustRead('d');
    await registry.devices.report(deviceActor('d'), 'd', { reported: { mode: desired.mode ?? 'x' } });
    await reconciler.idle();
    clock.advance(1_000);
  }
}

const warnings = ({ logged }: World) => logged.filter((message) => message === WARNING).length;
const detailOf = async ({ reconciler }: World, id: string) =>
  (await reconciler.explain('d')).configurations.find((one) => one.id === id)?.detail;

const oscillationsIn = async ({ registry }: World) => {
  const { changes } = await registry.changeLog.read(0, 10_000);
  return changes.flatMap((change) =>
    change.kind === 'configuration' && change.data.change === 'quarrelled'
      ? [[change.configuration, change.data.with, change.data.onDevice]]
      : [],
  );
};

test('configurations that push each other through reported are named, once', async () => {
  const world = await open((mode) => `device.reported.mode = '${mode}'`);
  await obey(world, RETURNS_MIN + 1);
  expect([world.reconciler.counters.quarrels, warnings(world), await detailOf(world, 'to-x')]).toEqual([
    0,
    0,
    "device.reported.mode = 'y' is FALSE",
  ]);
  await obey(world, 20);
  expect([world.reconciler.counters.quarrels, warnings(world)]).toEqual([1, 1]);
  expect(await oscillationsIn(world)).toEqual([
    ['to-x', ['to-y'], 'd'],
    ['to-y', ['to-x'], 'd'],
  ]);
  expect(await detailOf(world, 'to-x')).toContain('it and to-y take turns');
  expect(await detailOf(world, 'to-y')).toContain('it and to-x take turns');
});

test('a configuration that removes itself is named too', async () => {
  const world = await startWorld(async (registry) => {
    await registry.devices.register(OPERATOR, 'd', {});
    await registry.devices.setPresence(deviceActor('d'), 'd', { connected: true });
    const written = { targetCondition: "device.reported.mode = 'x'", desiredProperties: { mode: 'y' } };
    await registry.configurations.put(OPERATOR, 'alone', written);
  });
  onTestFinished(() => world.reconciler.stop());
  await obey(world, 12);
  expect(world.reconciler.counters.quarrels).toBe(1);
  expect(await detailOf(world, 'alone')).toContain('it comes and goes');
  expect(world.logged.filter((message) => message.startsWith('a configuration comes and goes'))).toHaveLength(1);
});

test('configurations that a device moves between by itself are not named', async () => {
  const world = await open((mode) => `device.tags.mode = '${mode}'`);
  for (let n = 0; n < 12; n += 1) {
    await world.registry.devices.patch(OPERATOR, 'd', { tags: { mode: n % 2 === 0 ? 'x' : 'y' } });
    await world.reconciler.idle();
  }
  expect((await world.registry.devices.mustRead('d')).desiredVersion).toBeGreaterThan(10);
  expect([world.reconciler.counters.quarrels, warnings(world)]).toEqual([0, 0]);
});

function openDetector(noteOscillation: Configurations['noteOscillation'] = async () => {}) {
  const [clock, told] = [new FakeClock(), [] as unknown[]];
  const detector = new OscillationDetector({
    clock,
    registry: { configurations: { noteOscillation } },
    log: (_, __, details) => told.push(details),
  });
  const of = (id: string) => ({ id, generation: 1, created: 1, overridden: false });
  let version = 0;
  const turn = (device: string, count: number): void => {
    for (let n = 0; n < count; n += 1) {
      version += 1;
      const [before, after] = n % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      const configurations = [{ ...of(before ?? ''), applied: true }];
      const record = makeDevice({
        ...{ id: device, connected: true, configurations },
        ...{ desiredVersion: version, reportedVersion: version },
      });
      detector.change(record, { ...record, configurations: [{ ...of(after ?? ''), applied: true }] });
    }
  };
  return { clock, told, detector, turn };
}

test('an oscillation of a whole fleet is logged once, and again when it returns', () => {
  const { clock, told, detector, turn } = openDetector();
  for (const device of ['d', 'e', 'f']) turn(device, 10);
  expect(told).toEqual([{ configurations: ['a', 'b'], device: 'd', returns: RETURNS_MIN, within: '10m' }]);
  expect(detector.oscillations).toBe(3);
  expect(detector.remarkOn('e', 'c')).toBeUndefined();
  clock.advance(OSCILLATION_WITHIN_MS);
  expect(detector.remarkOn('e', 'a')).toBeUndefined();
  turn('e', 10);
  expect([told.length, detector.oscillations]).toEqual([2, 4]);
  expect(detector.remarkOn('e', 'a')).toContain('it and b take turns');
});

test('an event that could not be written is retried at the next turn, without a second warning', async () => {
  const noted: Oscillation[] = [];
  let failures = 2;
  const { clock, told, turn } = openDetector(async (_actor, oscillation) => {
    failures -= 1;
    if (failures >= 0) throw new TwinError('unavailable', 'no space');
    noted.push(oscillation);
  });
  turn('d', RETURNS_MIN + 1);
  for (let n = 0; n < 5; n += 1) {
    await turns(1);
    clock.advance(1_000);
    turn('e', RETURNS_MIN + 1);
  }
  await turns(1);
  expect(noted).toEqual([{ configurations: ['a', 'b'], device: 'e' }]);
  const failed = { error: expect.any(TwinError) };
  expect(told).toEqual([
    { configurations: ['a', 'b'], device: 'd', returns: RETURNS_MIN, within: '10m' },
    failed,
    failed,
  ]);
});

test('the devices that turned last are remembered', () => {
  const { detector, turn } = openDetector();
  turn('d', 4);
  for (let n = 0; n < 10_000; n += 1) turn(`e-${n}`, 1);
  turn('d', 2);
  expect(detector.oscillations).toBe(0);
});
