import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseCondition } from '@muster/conditions';
import { deviceActor, isLive, type Registry } from '@muster/registry';
import { FakeClock, OPERATOR, onDeviceCommit, openRegistry } from '@muster/registry/testing';
import { type JsonObject, LIMITS, type Log } from '@muster/twin';
import { expect, test } from 'vitest';
import { deviceRecord, FailingStore } from '../testing/index.js';
import { EntryWalk } from '../watch/entry-walk.js';
import { Fleet, type FleetParts } from './fleet.js';

const lowBattery = parseCondition('device.reported.battery < 20', 'target');

function walkOf(registry: Registry, clock: FakeClock): FleetParts['walk'] {
  const walk = new EntryWalk(clock);
  registry.onCommit((entries) => {
    for (const entry of entries) walk.committed(entry);
  });
  return (visit) =>
    walk.all(
      'device',
      (after, limit) => registry.devices.scan(after, limit),
      { limit: 16 },
      (page) => {
        for (const entry of page) if (isLive(entry)) visit(entry);
      },
    );
}

const noWalk: FleetParts['walk'] = async () => true;

async function fleetOf(...batteries: number[]) {
  const store = new FailingStore();
  const registry = await openRegistry({ store });
  const logged: string[] = [];
  const clock = new FakeClock();
  const walk = walkOf(registry, clock);
  const fleet = new Fleet({ walk, clock, log: (_level, message) => void logged.push(message) });
  onDeviceCommit(registry, (before, after) => {
    if (isLive(before)) fleet.change(before, after);
    else if (isLive(after)) fleet.add(after);
  });
  for (const [n, battery] of batteries.entries()) {
    await registry.devices.register(OPERATOR, `d-${n}`, { tags: { region: 'eu' } });
    await registry.devices.report(deviceActor(`d-${n}`), `d-${n}`, { reported: { battery } });
  }
  const found = (condition = lowBattery): string[] => [...fleet.find([condition]).ids()].sort();
  return { fleet, registry, store, clock, logged, found };
}

test('a path of reported is read from the fleet when a condition first uses it; until then plans scan', async () => {
  const { fleet, found } = await fleetOf(10, 50, 90);
  fleet.watch(lowBattery);
  expect(fleet.plan(lowBattery)).toMatchObject({ isExact: false, estimate: 3, root: { way: 'scan' } });
  expect(found()).toEqual(['d-0', 'd-1', 'd-2']);
  await fleet.idle();
  expect(fleet.plan(lowBattery).isExact).toBe(true);
  expect(found()).toEqual(['d-0']);
});

test('devices that report, join or leave while a path is read are found in their newest state', async () => {
  const { fleet, registry, found } = await fleetOf(...Array.from({ length: 1_200 }, () => 50));
  fleet.watch(lowBattery);
  const changes = [
    registry.devices.report(deviceActor('d-3'), 'd-3', { reported: { battery: 1 } }),
    registry.devices
      .register(OPERATOR, 'new', {})
      .then(() => registry.devices.report(deviceActor('new'), 'new', { reported: { battery: 2 } })),
    registry.devices.remove(OPERATOR, 'd-7'),
  ];
  await fleet.idle();
  await Promise.all(changes);
  expect(found()).toEqual(['d-3', 'new']);
  await registry.devices.report(deviceActor('d-3'), 'd-3', { reported: { battery: 30 } });
  await registry.devices.report(deviceActor('d-1100'), 'd-1100', { reported: { battery: 5 } });
  expect(found()).toEqual(['d-1100', 'new']);
});

test('a path is forgotten once no condition reads it', async () => {
  const { fleet } = await fleetOf(10);
  fleet.watch(lowBattery);
  fleet.watch(lowBattery);
  await fleet.idle();
  fleet.unwatch(lowBattery);
  expect([fleet.plan(lowBattery).isExact, fleet.counters.watchedPaths]).toEqual([true, 1]);
  fleet.unwatch(lowBattery);
  expect([fleet.plan(lowBattery).isExact, fleet.counters.watchedPaths]).toEqual([false, 0]);
});

test('a read of the fleet that fails is retried', async () => {
  const { fleet, store, clock, logged, found } = await fleetOf(10, 50);
  store.failing.add('scan');
  fleet.watch(lowBattery);
  await fleet.idle();
  expect(logged).toHaveLength(1);
  store.failing.clear();
  clock.advance(1_000);
  await fleet.idle();
  expect(found()).toEqual(['d-0']);
});

test('an index limit that is reached is logged once, and counted', () => {
  const told: unknown[] = [];
  const clock = new FakeClock();
  const limits = { indexedPathsMax: 2, indexedValuesMax: 3 };
  const log: Log = (level, message, details) => told.push([level, message, details]);
  const fleet = new Fleet({ walk: noWalk, clock, log, limits });
  const counters = () => [fleet.counters.unindexedValues, fleet.counters.pathsGivenUp];
  const meet = (id: string, tags: JsonObject): void => {
    fleet.add(deviceRecord({ id, tags }));
    clock.advance(1_000);
  };
  meet('a', { serial: 1 });
  meet('b', { serial: 2, region: 'eu' });
  expect([counters(), told]).toEqual([[0, 0], []]);
  for (const id of ['c', 'd', 'e']) meet(id, { [`tag-${id}`]: 1 });
  const isFull = expect.stringMatching(/more paths of tags than the index takes.*scan every device/);
  expect([counters(), told]).toEqual([[3, 0], [['warn', isFull, { indexedPathsMax: 2 }]]]);
  for (const serial of [3, 4, 5]) meet(`s-${serial}`, { serial });
  const givenUp = expect.stringMatching(/more distinct values than the index takes.*scan every device/);
  expect(counters()).toEqual([3, 1]);
  expect(told.slice(1)).toEqual([['warn', givenUp, { indexedValuesMax: 3, paths: ['device.tags.serial'] }]]);
});

test('a preparation lasts until the next turn of the event loop, whether used or not', async () => {
  const fleet = new Fleet({ walk: noWalk, clock: new FakeClock(), log: () => {} });
  for (let n = 0; n < 6_000; n += 1) fleet.add(deviceRecord({ id: `d-${n}`, tags: { n } }));
  await fleet.prepare(['device.tags.n < 5000', 'device.tags.n >= 500'].map((text) => parseCondition(text, 'target')));
  expect(fleet.counters.preparedBlocks).toBeGreaterThan(8);
  await nextTurn();
  expect(fleet.counters.preparedBlocks).toBe(0);
});

test('tags left out are indexed once there is room for their paths', async () => {
  const { fleet, registry, found } = await fleetOf();
  const paths = LIMITS.indexedPathsMax / 2;
  const tagsOf = (name: string) => Object.fromEntries(Array.from({ length: paths }, (_, n) => [`${name}${n}`, 1]));
  for (const id of ['a', 'b', 'c', 'd'])
    await registry.devices.register(OPERATOR, id, { tags: tagsOf(id === 'd' ? 'c' : id) });
  const last = parseCondition(`device.tags.c${paths - 1} = 1`, 'target');
  expect([fleet.plan(last).isExact, fleet.counters.unindexedValues]).toEqual([false, 2 * paths]);
  await registry.devices.remove(OPERATOR, 'a');
  await fleet.idle();
  expect([fleet.plan(last).isExact, fleet.counters.unindexedValues, found(last)]).toEqual([true, 0, ['c', 'd']]);
});
