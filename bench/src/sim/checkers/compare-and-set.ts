import type { Checker } from './checker.js';

const NAME = 'S19 of several writes over one revision, one wins';

export function compareAndSet(): Checker {
  const winners = new Set<string>();
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'operated' || event.outcome !== 'done' || !event.verb.startsWith('race for')) return;
      const key = `${event.verb} of ${event.id}`;
      if (winners.has(key)) world.fail(NAME, `two came through in the ${key}`);
      winners.add(key);
    },
  };
}
