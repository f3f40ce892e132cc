import type { Chance } from '../kernel/chance.js';
import type { Feature, SimulationOptions } from '../kernel/options.js';
import type { World } from '../world/world.js';

/** One thing that happens. What it depends on is looked at when it happens. */
export interface Command {
  readonly text: string;
  readonly perform: (world: World) => Promise<void> | void;
}

/** A kind of things that may happen: to add one is to add a file, and a line in `commands/index.ts`. */
export interface CommandKind {
  /** Needed for it to happen; always possible without. */
  readonly feature?: Feature;
  /** How often it comes, beside the others. */
  readonly weight: number;
  readonly make: (chance: Chance, options: SimulationOptions) => Command;
}
