import { storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'L7 a stop ends, loses nothing, and leaves no device connected';
const TURNS_MAX = 500;

export function orderlyStop(): Checker {
  return {
    name: NAME,
    atEnd: async (world) => {
      if (!(await stops(world))) world.fail(NAME, `the server has not stopped after ${TURNS_MAX} turns`);
      if (!world.disk.isSettled) world.fail(NAME, 'something is still on its way to disk');
      for (const { id, connected } of storedDevices(world)) if (connected) world.fail(NAME, `${id} is left connected`);
      const { commits } = world.disk;
      await world.pass(60_000);
      if (world.disk.commits > commits) world.fail(NAME, 'something was written after the stop');
    },
  };
}

async function stops(world: World): Promise<boolean> {
  let isOver = false;
  world.server?.stop().then(
    () => {
      isOver = true;
    },
    (error) => world.fail(NAME, String(error)),
  );
  for (let turns = 0; !isOver && turns < TURNS_MAX; turns += 1) await world.turns(1);
  return isOver;
}
