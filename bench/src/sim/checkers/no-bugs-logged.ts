import { isTwinError } from '@muster/twin';
import type { Checker } from './checker.js';

const NAME = 'only injected faults are logged as errors';

/** Every injected fault is a `TwinError`: any other logged error is a bug. */
export function noBugsLogged(): Checker {
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'logged' || event.error === undefined || isTwinError(event.error)) return;
      const { error } = event;
      world.fail(NAME, `${event.message}: ${error instanceof Error ? error.stack : String(error)}`);
    },
  };
}
