import { parseCondition } from '@muster/conditions';
import { StatusCounter } from '@muster/reconciler';
import { canonicalEqual, type JsonObject } from '@muster/twin';
import { isTrueFor, storedConfigurations, storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S20 the index gives the answer of a scan of every device';

export function indexEqualsScan(): Checker {
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind === 'logged' && event.message.startsWith('the index of devices')) world.fail(NAME, event.message);
    },
    atRest: async (world) => {
      await checkConditions(world);
      checkCounts(world);
      const repaired = world.server?.reconciler.counters.repaired ?? 0;
      if (repaired > 0) world.fail(NAME, `the sweep had to repair ${repaired}`);
    },
  };
}

async function checkConditions(world: World): Promise<void> {
  const devices = storedDevices(world);
  for (const { id, targetCondition } of storedConfigurations(world)) {
    const found = await world.server?.reconciler.find(parseCondition(targetCondition, 'target'));
    if (!found) continue;
    const candidates = new Set(found.ids());
    for (const record of devices) {
      const isTrue = isTrueFor(targetCondition, record);
      const isFound = candidates.has(record.id);
      if (isTrue ? !isFound : isFound && found.isExact) {
        world.fail(NAME, `${record.id} is ${isFound ? 'found' : 'not found'} for the condition of ${id}`);
      }
    }
  }
}

/** Checks that the counts of a configuration without a rollout equal counts made from scratch. */
function checkCounts(world: World): void {
  const { reconciler } = world.server ?? {};
  const fresh = new StatusCounter();
  for (const record of storedDevices(world)) fresh.change(undefined, record);
  for (const { id, enabled, progress } of storedConfigurations(world)) {
    if (progress) continue;
    const expected = (enabled ? fresh : new StatusCounter()).status(id);
    const counts = reconciler?.status(id);
    if (!canonicalEqual(counts as unknown as JsonObject, expected as unknown as JsonObject)) {
      world.fail(NAME, `${id} is counted as ${JSON.stringify(counts)} instead of ${JSON.stringify(expected)}`);
    }
  }
}
