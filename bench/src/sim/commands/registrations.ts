import type { JsonObject } from '@muster/twin';
import { secretOf } from '../device/simulated-device.js';
import { OPERATOR } from '../kernel/operator.js';
import type { World } from '../world/world.js';
import type { CommandKind } from './command.js';
import { someDocument, someTags } from './documents.js';

/** Registers a device, or replaces its registration. Its own layer holds a text that no other device may see. */
export function registerDevice(world: World, id: string, parts: { tags: JsonObject; desired: JsonObject }): void {
  const mark = world.mark(`secret-${id}`);
  const body = { ...parts, desired: { ...parts.desired, own: mark }, auth: { type: 'secret', secret: secretOf(id) } };
  world.operate({ verb: 'register', id, mark, perform: (registry) => registry.devices.register(OPERATOR, id, body) });
}

export const register: CommandKind = {
  weight: 2,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const parts = { tags: someTags(chance), desired: someDocument(chance) };
    return {
      text: `register ${id} ${JSON.stringify(parts)}`,
      perform: (world) => registerDevice(world, id, parts),
    };
  },
};

export const patchTags: CommandKind = {
  feature: 'tags',
  weight: 5,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const region = chance.pick(['eu', 'us', 7, null]);
    const name = chance.pick([undefined, undefined, null, 'renamed', 'a-like']);
    const zone = chance.pick(['UTC', 'Asia/Tokyo', 'Nowhere/Land', null]);
    const body: JsonObject = { tags: { region, zone }, ...(name === undefined ? {} : { name }) };
    return {
      text: `patch ${id} ${JSON.stringify(body)}`,
      perform: (world) =>
        world.operate({ verb: 'patch', id, perform: (registry) => registry.devices.patch(OPERATOR, id, body) }),
    };
  },
};

export const patchOwn: CommandKind = {
  feature: 'own-layer',
  weight: 5,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const desired = someDocument(chance);
    const isCleared = chance.is(0.1);
    return {
      text: `edit the own layer of ${id} ${JSON.stringify(isCleared ? null : desired)}`,
      perform: (world) => {
        const mark = world.mark(`secret-${id}`);
        const body = { desired: isCleared ? null : { ...desired, own: mark } };
        const told = isCleared ? {} : { mark };
        world.operate({
          verb: 'patch',
          id,
          ...told,
          perform: (registry) => registry.devices.patch(OPERATOR, id, body),
        });
      },
    };
  },
};

/** Two operators write over the same revision: one of them is refused. */
export const race: CommandKind = {
  feature: 'own-layer',
  weight: 2,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    return {
      text: `two operators edit ${id} at once`,
      perform: (world) => {
        const revision = world.disk.read('device', id)?.revision ?? 1;
        for (let writer = 0; writer < 2; writer += 1) {
          const mark = world.mark(`secret-${id}`);
          world.operate({
            verb: `race for ${revision}`,
            id,
            mark,
            perform: (registry) =>
              registry.devices.patch(
                OPERATOR,
                id,
                { desired: { own: mark } },
                { kind: 'match', revisions: [revision] },
              ),
          });
        }
      },
    };
  },
};

export const switchDevice: CommandKind = {
  feature: 'disabling',
  weight: 2,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const enabled = chance.is(0.6);
    return {
      text: `${enabled ? 'enable' : 'disable'} ${id}`,
      perform: (world) =>
        world.operate({ verb: 'switch', id, perform: (registry) => registry.devices.patch(OPERATOR, id, { enabled }) }),
    };
  },
};

export const removeDevice: CommandKind = {
  feature: 'removal',
  weight: 2,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    return {
      text: `remove ${id}`,
      perform: (world) =>
        world.operate({ verb: 'remove-device', id, perform: (registry) => registry.devices.remove(OPERATOR, id) }),
    };
  },
};
