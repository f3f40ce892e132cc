import type { StoreVerb } from '../kernel/faults.js';
import type { CommandKind } from './command.js';

export const crash: CommandKind = {
  feature: 'crashes',
  weight: 2,
  make: () => ({
    text: 'the server crashes',
    perform: (world) => {
      if (world.server) world.count('server crashed');
      world.crash();
    },
  }),
};

export const crashAfterWrite: CommandKind = {
  feature: 'crash-after-write',
  weight: 2,
  make: (chance) => {
    const writes = 1 + chance.below(8);
    return {
      text: `the server will crash with write ${writes} from now`,
      perform: (world) => {
        if (world.server) world.count('server crashes after a write');
        world.server?.store.dieAfter(writes);
      },
    };
  },
};

export const breakDisk: CommandKind = {
  feature: 'broken-disk',
  weight: 1,
  make: (chance) => {
    const kept = chance.below(3);
    return {
      text: 'the disk takes no more',
      perform: (world) => {
        if (!world.server || world.isServerBroken) return;
        world.count('disk broken');
        world.server.store.breakDisk(kept);
      },
    };
  },
};

export const restart: CommandKind = {
  weight: 4,
  make: () => ({
    text: 'the supervisor starts the server again if it is down',
    perform: async (world) => {
      if (world.isServerBroken) world.crash();
      await world.startServer();
    },
  }),
};

export const slowDisk: CommandKind = {
  feature: 'slow-disk',
  weight: 2,
  make: (chance) => {
    const turns = chance.pick([0, 1, 3, 10, 40]);
    return {
      text: `the disk takes up to ${turns} turns`,
      perform: (world) => {
        world.faults.delayTurnsMax = turns;
      },
    };
  },
};

export const failStore: CommandKind = {
  feature: 'failing-store',
  weight: 2,
  make: (chance) => {
    const verbs = (['read', 'scan', 'update', 'changes'] as const satisfies readonly StoreVerb[]).filter(() =>
      chance.is(0.35),
    );
    const probability = chance.pick([0.1, 0.5, 1]);
    return {
      text: verbs.length === 0 ? 'the store works' : `the store fails to ${verbs.join(' ')}: ${probability}`,
      perform: ({ faults }) => {
        faults.failingVerbs.clear();
        for (const verb of verbs) faults.failingVerbs.add(verb);
        faults.failProbability = probability;
      },
    };
  },
};

export const loseWakeUps: CommandKind = {
  feature: 'lost-wake-ups',
  weight: 2,
  make: (chance) => {
    const lost = chance.pick([0, 0.3, 1]);
    const repeated = chance.pick([0, 0.5]);
    return {
      text: `wake-ups are lost: ${lost}, repeated: ${repeated}`,
      perform: ({ faults }) => {
        faults.loseWakeUpProbability = lost;
        faults.repeatWakeUpProbability = repeated;
      },
    };
  },
};

export const trimLog: CommandKind = {
  feature: 'trimmed-log',
  weight: 1,
  make: (chance) => {
    const kept = 1 + chance.below(5);
    return {
      text: `the log is trimmed to ${kept}`,
      perform: (world) => {
        world.count('log trimmed');
        world.disk.trim(kept);
      },
    };
  },
};
