import type { Chance } from '../kernel/chance.js';
import type { Feature, SimulationOptions } from '../kernel/options.js';
import type { World } from '../world/world.js';

/** One step of a scenario. It reads the world when it is performed. */
export interface Command {
  readonly text: string;
  readonly perform: (world: World) => Promise<void> | void;
}

/** A kind of command. To add one, add a function and a line in `command-kinds.ts`. */
export interface CommandKind {
  /** The feature that enables it. Absent: always enabled. */
  readonly feature?: Feature;
  /** Relative frequency. */
  readonly weight: number;
  readonly make: (chance: Chance, options: SimulationOptions) => Command;
}
