import { canonicalEqual } from '@muster/twin';
import { effectiveOf, layersOf, storedConfigurations, storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S4 every twin equals the result of the one equation';

export function oneWinner(): Checker {
  /** The created numbers of all configurations ever made. They break ties, so no two may be equal. */
  const created = new Set<number>();
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || event.entryKind !== 'configuration') return;
      const { before, after, id } = event as { before?: Created; after?: Created; id: string };
      if (!after || after.deleted) return;
      const isNew = before === undefined || before.deleted === true;
      if (isNew ? created.has(after.created) : after.created !== before.created) {
        world.fail(NAME, `${id} has the created number ${after.created}, which is not its own`);
      }
      created.add(after.created);
    },
    atRest: checkDevices,
  };
}

interface Created {
  readonly created: number;
  readonly deleted?: boolean;
}

function checkDevices(world: World): void {
  const configurations = storedConfigurations(world);
  for (const record of storedDevices(world)) {
    const expected = effectiveOf(configurations, record);
    if (!canonicalEqual(record.desired, expected)) {
      world.fail(NAME, `${record.id} has ${JSON.stringify(record.desired)} instead of ${JSON.stringify(expected)}`);
    }
    const layers = layersOf(configurations, record).map(({ id, contentGeneration }) => `${id} ${contentGeneration}`);
    const stored = record.configurations.map(({ id, generation }) => `${id} ${generation}`);
    if (layers.sort().join() !== stored.sort().join()) {
      world.fail(NAME, `${record.id} has the layers ${stored.join()} instead of ${layers.join()}`);
    }
  }
}
