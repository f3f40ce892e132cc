import type { CommandKind } from './command.js';

const HOUR_MS = 3_600_000;

export const pass: CommandKind = {
  weight: 6,
  make: (chance, { features }) => {
    const ms = chance.pick(features.has('time') ? [100, 1_000, 5_000, 60_000, 20 * 60_000] : [100, 1_000, 5_000]);
    return { text: `${ms} ms pass`, perform: (world) => world.pass(ms) };
  },
};

export const turn: CommandKind = {
  weight: 6,
  make: (chance) => {
    const count = 1 + chance.below(12);
    return { text: `${count} turns of the event loop`, perform: (world) => world.turns(count) };
  },
};

export const jump: CommandKind = {
  feature: 'clock-jumps',
  weight: 2,
  make: (chance) => {
    const ms = chance.pick([-HOUR_MS, -60_000, -1, 60_000, HOUR_MS, 24 * HOUR_MS]);
    return {
      text: `the clock of the server jumps by ${ms} ms`,
      perform: (world) => {
        world.count('clock jumped');
        world.clock.jump(ms);
      },
    };
  },
};

/** Lets the world come to rest and checks what must hold then. */
export const rest: CommandKind = {
  weight: 2,
  make: () => ({ text: 'a moment of rest', perform: (world) => world.rest() }),
};
