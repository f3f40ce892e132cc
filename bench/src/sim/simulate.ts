import { CHECKERS } from './checkers/checkers.js';
import type { Command } from './commands/command.js';
import { registerDevice } from './commands/registrations.js';
import { scenarioOf } from './commands/scenario.js';
import { Chance } from './kernel/chance.js';
import type { SimulationOptions } from './kernel/options.js';
import type { Mutation } from './mutations/mutation.js';
import { type Failure, World } from './world/world.js';

export interface SimulationResult {
  readonly options: SimulationOptions;
  /** Indices of the commands that were performed. */
  readonly performed: readonly number[];
  readonly failure: Failure | undefined;
  /** Stands for everything that happened. */
  readonly hash: string;
  readonly faults: ReadonlyMap<string, number>;
  readonly commits: number;
  /** How often a device was brought to a document. */
  readonly deliveries: number;
  readonly simulatedMs: number;
  readonly history: readonly string[];
}

export interface SimulationRequest {
  readonly options: SimulationOptions;
  readonly mutation?: Mutation;
  /** Leaves out every command of the scenario but these. */
  readonly only?: readonly number[];
  /** The server dies with this write, counted from its first start. */
  readonly crashWithWrite?: number;
}

/** One seed from its beginning to its end, or to the first step after which something did not hold. */
export async function simulate(request: SimulationRequest): Promise<SimulationResult> {
  const { options, mutation = {}, only, crashWithWrite } = request;
  const world = new World(
    options,
    CHECKERS.map((make) => make()),
    mutation,
  );
  const scenario = scenarioOf(options);
  const indices = only ?? scenario.map((_, index) => index);
  const performed: number[] = [];
  const stopWatching = onUncaughtBug((error) => world.fail('no bug ends the process', textOf(error)));
  try {
    await begin(world, crashWithWrite);
    for (const index of indices) {
      if (world.failure) break;
      performed.push(index);
      await perform(world, scenario[index], index);
    }
    world.chance.turnTo(options.seed, 'calm');
    if (!world.failure) await world.calm();
  } catch (error) {
    world.fail('no bug ends the process', textOf(error));
  }
  world.crash();
  stopWatching();
  return {
    options,
    performed,
    failure: world.failure,
    hash: world.trace.hash,
    faults: world.counts,
    commits: world.disk.commits,
    deliveries: world.deliveries,
    simulatedMs: world.clock.elapsedMs,
    history: world.trace.newest(200),
  };
}

/** What would end a server: an error that nobody waits for. */
function onUncaughtBug(report: (error: unknown) => void): () => void {
  process.on('unhandledRejection', report);
  return () => process.off('unhandledRejection', report);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function begin(world: World, crashWithWrite = Number.POSITIVE_INFINITY): Promise<void> {
  await world.startServer();
  world.server?.store.dieAfter(crashWithWrite);
  for (const id of world.options.devices) registerDevice(world, id, { tags: {}, desired: {} });
  await world.quiet();
  for (const device of world.devices.values()) void device.powerOn();
  await world.turns(3);
}

/** What chance decides from here on depends on the command alone, so that others can be left out without changing it. */
async function perform(world: World, command: Command | undefined, index: number): Promise<void> {
  if (!command) return;
  const pace = new Chance(world.options.seed, `pace ${index}`);
  world.chance.turnTo(world.options.seed, `world ${index}`);
  world.trace.add(`> ${command.text}`);
  await command.perform(world);
  await world.turns(pace.below(4));
  if (!world.server && pace.is(0.2)) await world.startServer();
}
