import { isTwinError } from '@muster/twin';
import type { Checker } from './checker.js';

const NAME = 'nothing fails but what is made to fail';

/** Every fault that is injected is a `TwinError`: whatever else is logged is a bug. */
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
