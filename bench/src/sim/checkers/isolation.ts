import type { Checker } from './checker.js';

const NAME = 'S12 no data of a device reaches a different device';
const SECRET = /secret-([\w-]+)~\d+/g;

/** Texts in the documents of a device name their device. */
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
