import type { ConfigurationEntry } from '@muster/registry';
import type { JsonObject } from '@muster/twin';
import { OPERATOR } from '../kernel/operator.js';
import type { CommandKind } from './command.js';
import { someCondition, someDocument } from './documents.js';
import { someRollout } from './some-rollout.js';

/** An operator writes a configuration, sometimes over an existing one. */
export const putConfiguration: CommandKind = {
  feature: 'configurations',
  weight: 8,
  make: (chance, { configurations, features }) => {
    const id = chance.pick(configurations);
    const body = {
      targetCondition: features.has('conditions') ? someCondition(chance) : '*',
      desiredProperties: someDocument(chance),
      priority: chance.below(3),
      enforce: chance.is(0.2),
      enabled: !(features.has('disabling') && chance.is(0.2)),
      ...(features.has('rollouts') && chance.is(0.75) ? { rollout: someRollout(chance) } : {}),
    };
    const isMarked = chance.is(0.5);
    return {
      text: `put configuration ${id} ${JSON.stringify(body)}`,
      perform: (world) => {
        const mark = world.mark(`configuration-${id}`);
        const { desiredProperties } = body;
        const marked = isMarked ? { ...body, desiredProperties: { ...desiredProperties, mark } } : body;
        const perform: Parameters<typeof world.operate>[0]['perform'] = (registry) =>
          registry.configurations.put(OPERATOR, id, marked);
        world.operate({ verb: 'put-configuration', id, ...(isMarked ? { mark } : {}), perform });
      },
    };
  },
};

export const editCondition: CommandKind = {
  feature: 'conditions',
  weight: 3,
  make: (chance, { configurations }) => {
    const id = chance.pick(configurations);
    const targetCondition = someCondition(chance);
    return {
      text: `edit the condition of ${id}: ${targetCondition}`,
      perform: (world) => {
        const body = writtenAgain(world.disk.read('configuration', id), { targetCondition });
        if (!body) return;
        world.operate({
          verb: 'edit-condition',
          id,
          perform: (registry) => registry.configurations.put(OPERATOR, id, body),
        });
      },
    };
  },
};

export const switchConfiguration: CommandKind = {
  feature: 'disabling',
  weight: 2,
  make: (chance, { configurations }) => {
    const id = chance.pick(configurations);
    return {
      text: `switch configuration ${id} on or off`,
      perform: (world) => {
        const entry = world.disk.read('configuration', id);
        const body = entry && !entry.deleted && writtenAgain(entry, { enabled: !entry.enabled });
        if (!body) return;
        world.operate({ verb: 'switch', id, perform: (registry) => registry.configurations.put(OPERATOR, id, body) });
      },
    };
  },
};

export const removeConfiguration: CommandKind = {
  feature: 'removal',
  weight: 2,
  make: (chance, { configurations }) => {
    const id = chance.pick(configurations);
    return {
      text: `remove configuration ${id}`,
      perform: (world) =>
        world.operate({
          verb: 'remove-configuration',
          id,
          perform: (registry) => registry.configurations.remove(OPERATOR, id),
        }),
    };
  },
};

/** Returns the input that writes a stored configuration again, with some members replaced; undefined ones are removed. */
export function writtenAgain(
  entry: ConfigurationEntry | undefined,
  parts: Readonly<Record<string, unknown>>,
): JsonObject | undefined {
  if (!entry || entry.deleted) return undefined;
  const { targetCondition, desiredProperties, priority, enforce, enabled, rollout } = entry;
  const body = { targetCondition, desiredProperties, priority, enforce, enabled, rollout, ...parts };
  return JSON.parse(JSON.stringify(body));
}
