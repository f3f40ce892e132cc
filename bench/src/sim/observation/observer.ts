import type { Observation } from './observation.js';

/** Who watches a world of some kind. */
export interface Observer<World> {
  /** As it is called in the text of a failure, with the invariant it stands for. */
  readonly name: string;
  readonly onObservation?: (event: Observation, world: World) => void;
  /** The server is up and no fault is left in it, but connections may be down. */
  readonly atRest?: (world: World) => Promise<void> | void;
  /** Everything is up, and everybody had the time to converge. */
  readonly atEnd?: (world: World) => Promise<void> | void;
}
