import type { Checker } from './checker.js';

const NAME = 'S12 nothing of a device reaches another';
const SECRET = /secret-([\w-]+)~\d+/g;

/** Every device has texts in its documents that say whose they are. */
export function isolation(): Checker {
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'sent') return;
      for (const [secret, owner] of event.text.matchAll(SECRET)) {
        if (owner !== event.connection.id) world.fail(NAME, `${event.connection.id} is sent ${secret}`);
      }
    },
  };
}
