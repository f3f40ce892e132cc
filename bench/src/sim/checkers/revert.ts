import { canonicalEqual } from '@muster/twin';
import { OPERATOR } from '../kernel/operator.js';
import { storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S10 a configuration that is added and removed leaves nothing behind';

export function revert(): Checker {
  return {
    name: NAME,
    atEnd: async (world) => {
      const before = new Map(storedDevices(world).map(({ id, desired }) => [id, desired]));
      await comeAndGo(world);
      for (const { id, desired } of storedDevices(world)) {
        if (canonicalEqual(desired, before.get(id) ?? {})) continue;
        world.fail(NAME, `${id} had ${JSON.stringify(before.get(id))}, and has ${JSON.stringify(desired)}`);
      }
    },
  };
}

/** Puts a winning configuration that covers existing values with objects, nulls and values; then disables or deletes it. */
async function comeAndGo(world: World): Promise<void> {
  const id = 'passing';
  const body = {
    targetCondition: '*',
    desiredProperties: { s: null, n: { p: 9 }, m: 9, more: { deep: [1] } },
    priority: 9,
    enforce: world.chance.is(0.5),
  };
  world.operate({
    verb: 'put-configuration',
    id,
    perform: (registry) => registry.configurations.put(OPERATOR, id, body),
  });
  await world.settle();
  if (world.chance.is(0.5)) {
    const disabled = { ...body, enabled: false };
    world.operate({
      verb: 'put-configuration',
      id,
      perform: (registry) => registry.configurations.put(OPERATOR, id, disabled),
    });
    await world.settle();
  }
  world.operate({
    verb: 'remove-configuration',
    id,
    perform: (registry) => registry.configurations.remove(OPERATOR, id),
  });
  await world.settle();
}
