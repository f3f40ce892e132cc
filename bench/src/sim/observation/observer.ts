import type { Observation } from './observation.js';

/** Gets the observations of a world and checks it at moments of rest. */
export interface Observer<World> {
  /** Name in the text of a failure, including the invariant. */
  readonly name: string;
  readonly onObservation?: (event: Observation, world: World) => void;
  /** Called when the server is up and healthy; connections may be down. */
  readonly atRest?: (world: World) => Promise<void> | void;
  /** Called when everything is up and every device had time to converge. */
  readonly atEnd?: (world: World) => Promise<void> | void;
}
