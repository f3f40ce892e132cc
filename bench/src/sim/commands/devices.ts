import type { JsonObject } from '@muster/twin';
import type { CommandKind } from './command.js';

export const report: CommandKind = {
  feature: 'reports',
  weight: 8,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const battery = chance.pick([5, 50, 'low', null]);
    const mode = chance.pick(['on', 'off', null]);
    const patch: JsonObject = chance.is(0.6) ? { battery, note: 'note' } : { mode };
    return {
      text: `${id} reports ${JSON.stringify(patch)}`,
      perform: (world) => {
        const note = world.mark(`secret-${id}`);
        world.devices.get(id)?.report('note' in patch ? { ...patch, note } : patch);
      },
    };
  },
};

/** The device finishes its work. */
export const finish: CommandKind = {
  weight: 10,
  make: (chance, { devices, features }) => {
    const id = chance.pick(devices);
    const error = features.has('failing-devices') && chance.is(0.3) ? 'no room' : undefined;
    return {
      text: `${id} ${error === undefined ? 'applied' : 'failed'} what it was told`,
      perform: (world) => world.devices.get(id)?.finish(error),
    };
  },
};

export const vanish: CommandKind = {
  feature: 'device-restarts',
  weight: 3,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    const isNoticed = chance.is(0.5);
    return {
      text: `${id} loses its power`,
      perform: (world) => {
        if (world.devices.get(id)?.isOn) world.count('device lost power');
        world.devices.get(id)?.powerOff(isNoticed);
      },
    };
  },
};

export const powerOn: CommandKind = {
  feature: 'device-restarts',
  weight: 4,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    return {
      text: `${id} has power`,
      perform: (world) => void world.devices.get(id)?.powerOn(),
    };
  },
};

export const forget: CommandKind = {
  feature: 'device-amnesia',
  weight: 1,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    return {
      text: `${id} is reset to how it left the factory`,
      perform: (world) => {
        const device = world.devices.get(id);
        if (!device?.isOn) return;
        world.count('device reset');
        device.reset();
        void device.powerOn();
      },
    };
  },
};
