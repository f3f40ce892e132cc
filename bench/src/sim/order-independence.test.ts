import type { Registry } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import type { JsonObject } from '@muster/twin';
import { expect, test } from 'vitest';
import { CHECKERS } from './checkers/checkers.js';
import { someCondition, someDocument, someTags } from './commands/documents.js';
import { Chance } from './kernel/chance.js';
import { OPERATOR } from './kernel/operator.js';
import { optionsOf } from './kernel/options.js';
import { storedDevices } from './oracle/naive.js';
import { World } from './world/world.js';

interface Deed {
  readonly id: string;
  readonly perform: (registry: Registry) => Promise<unknown>;
}

/** Operations that commute: no two write the same value, and no two configurations have the same rank. */
function deedsOf(seed: number, devices: readonly string[]): Deed[] {
  const chance = new Chance(seed, 'deeds');
  const configurations = ['k1', 'k2', 'k3', 'k4'].map((id, priority): Deed => {
    const body = {
      targetCondition: someCondition(chance),
      desiredProperties: someDocument(chance),
      priority,
      enforce: chance.is(0.3),
    };
    return { id, perform: (registry) => registry.configurations.put(OPERATOR, id, body) };
  });
  const patch = (id: string, body: JsonObject): Deed => ({
    id,
    perform: (registry) => registry.devices.patch(OPERATOR, id, body),
  });
  const edits = devices.flatMap((id) => {
    const reported = { battery: chance.pick([5, 50]), mode: chance.pick(['on', 'off']) };
    return [
      patch(id, { tags: someTags(chance) }),
      patch(id, { desired: someDocument(chance) }),
      { id, perform: (registry: Registry) => registry.devices.report(deviceActor(id), id, { reported }) },
    ];
  });
  return [...configurations, ...edits];
}

/** Returns the documents of all devices after the operations ran in a given order, some twice, with given delays. */
async function endOf(seed: number, order: string): Promise<unknown> {
  const world = new World(
    optionsOf(seed, 0),
    CHECKERS.map((make) => make()),
    {},
  );
  const chance = new Chance(seed, order);
  await world.startServer();
  for (const id of world.options.devices) {
    world.operate({ verb: 'register', id, perform: (registry) => registry.devices.register(OPERATOR, id, {}) });
  }
  await world.quiet();
  const deeds = deedsOf(seed, world.options.devices);
  const places = deeds.map((deed) => ({ deed, place: chance.random() }));
  const inOrder = places.sort((left, right) => left.place - right.place).map(({ deed }) => deed);
  world.faults.delayTurnsMax = chance.below(4);
  world.faults.loseWakeUpProbability = chance.pick([0, 0.5, 1]);
  for (const { id, perform } of inOrder.flatMap((deed) => (chance.is(0.3) ? [deed, deed] : [deed]))) {
    world.operate({ verb: 'deed', id, perform });
    await world.turns(chance.below(4));
  }
  await world.settleServer();
  for (const checker of world.checkers) await checker.atRest?.(world);
  expect(world.failure).toBeUndefined();
  return storedDevices(world).map(({ id, tags, reported, ownDesired, desired }) => {
    return { id, tags, reported, ownDesired, desired };
  });
}

test('S5 operations that commute lead to the same result in every order, batching and repetition', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const first = await endOf(seed, 'one way');
    expect(await endOf(seed, 'another way'), `seed ${seed}`).toEqual(first);
    expect(await endOf(seed, 'a third way'), `seed ${seed}`).toEqual(first);
  }
}, 60_000);
