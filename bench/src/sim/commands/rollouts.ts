import type { RolloutAction } from '@muster/registry';
import { OPERATOR } from '../kernel/operator.js';

import type { CommandKind } from './command.js';
import { writtenAgain } from './configurations.js';
import { someRollout } from './some-rollout.js';

const KINDS = ['pause', 'resume', 'resume', 'abort', 'rollback', 'promote'] as const satisfies RolloutAction['kind'][];

export const actOnRollout: CommandKind = {
  feature: 'rollouts',
  weight: 6,
  make: (chance, { configurations }) => {
    const id = chance.pick(configurations);
    const kind = chance.pick(KINDS);
    const generation = chance.is(0.4) ? 1 + chance.below(4) : undefined;
    const action: RolloutAction = kind === 'rollback' ? { kind, generation } : { kind };
    return {
      text: `${kind} the rollout of ${id}${kind === 'rollback' ? ` to ${generation ?? 'what was stable'}` : ''}`,
      perform: (world) =>
        world.operate({
          verb: kind,
          id,
          perform: (registry) => registry.configurations.actOnRollout(OPERATOR, id, action),
        }),
    };
  },
};

/** Writes the same content with a different rollout, or with none. */
export const rewriteRollout: CommandKind = {
  feature: 'rollouts',
  weight: 2,
  make: (chance, { configurations }) => {
    const id = chance.pick(configurations);
    const rollout = chance.is(0.85) ? someRollout(chance) : undefined;
    return {
      text: `rewrite the rollout of ${id}: ${JSON.stringify(rollout)}`,
      perform: (world) => {
        const body = writtenAgain(world.disk.read('configuration', id), { rollout });
        if (body)
          world.operate({
            verb: 'rewrite',
            id,
            perform: (registry) => registry.configurations.put(OPERATOR, id, body),
          });
      },
    };
  },
};

/** Every working device finishes, some with an error. */
export const finishAll: CommandKind = {
  feature: 'rollouts',
  weight: 10,
  make: (chance, { devices, features }) => {
    const failing = features.has('failing-devices') ? devices.filter(() => chance.is(0.4)) : [];
    return {
      text: `all are through with what they were told${failing.map((id) => `, ${id} with an error`).join('')}`,
      perform: (world) => {
        for (const device of world.devices.values()) device.finish(failing.includes(device.id) ? 'no room' : undefined);
      },
    };
  },
};
