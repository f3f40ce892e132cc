import type { CommandKind } from './command.js';

export const cut: CommandKind = {
  feature: 'cuts',
  weight: 5,
  make: (chance, { devices }) => {
    const id = chance.pick(devices);
    return {
      text: `the connection of ${id} is cut`,
      perform: (world) => {
        for (const pipe of world.network.pipes) if (pipe.device === id && !pipe.isOver) world.network.cut(pipe);
      },
    };
  },
};

export const partition: CommandKind = {
  feature: 'partitions',
  weight: 2,
  make: (chance, { devices }) => {
    const cutOff = devices.filter(() => chance.is(0.5));
    return {
      text: `nothing gets through to ${cutOff.join(' ')}`,
      perform: (world) => {
        if (cutOff.length > 0) world.count('network partitioned');
        for (const id of cutOff) world.network.partitioned.add(id);
      },
    };
  },
};

export const heal: CommandKind = {
  feature: 'partitions',
  weight: 2,
  make: () => ({ text: 'packets get through again', perform: (world) => world.network.partitioned.clear() }),
};

export const duplicate: CommandKind = {
  feature: 'duplicates',
  weight: 1,
  make: (chance) => {
    const probability = chance.pick([0, 0.1, 0.4]);
    return {
      text: `publishes come twice with probability ${probability}`,
      perform: (world) => {
        world.faults.duplicateProbability = probability;
      },
    };
  },
};
