import type { Observed } from './observed.js';
import type { World } from './world.js';

/**
 * One invariant, or a family of them. It hears what passes the ports, and is asked at moments of rest; what it finds
 * it tells by `world.fail`. A checker knows no scenario, and a scenario no checker.
 */
export interface Checker {
  /** As it is called in the text of a failure, with the invariant it stands for. */
  readonly name: string;
  readonly hear?: (event: Observed, world: World) => void;
  /** The server is up and no fault is left in it, but connections may be down. */
  readonly atRest?: (world: World) => Promise<void> | void;
  /** Everything is up, and everybody had the time to converge. */
  readonly atEnd?: (world: World) => Promise<void> | void;
}

export type MakeChecker = () => Checker;
