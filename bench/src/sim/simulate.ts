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
  /** Hash over everything that happened. */
  readonly hash: string;
  readonly faults: ReadonlyMap<string, number>;
  readonly commits: number;
  /** Number of documents that devices applied. */
  readonly deliveries: number;
  readonly simulatedMs: number;
  readonly history: readonly string[];
}

export interface SimulationRequest {
  readonly options: SimulationOptions;
  readonly mutation?: Mutation;
  /** Performs only these commands of the scenario. */
  readonly only?: readonly number[];
  /** The server dies with this write, counted from its first start. */
  readonly crashWithWrite?: number;
}

/** Runs one seed to its end, or to the first step that violates an invariant. */
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

/** Reports unhandled rejections, which would end a server. Returns the function that stops it. */
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

/** Random decisions from here on depend on the command alone, so that other commands can be left out. */
async function perform(world: World, command: Command | undefined, index: number): Promise<void> {
  if (!command) return;
  const pace = new Chance(world.options.seed, `pace ${index}`);
  world.chance.turnTo(world.options.seed, `world ${index}`);
  world.trace.add(`> ${command.text}`);
  await command.perform(world);
  await world.turns(pace.below(4));
  if (!world.server && pace.is(0.2)) await world.startServer();
}
