import type { Clock } from '@muster/twin';

/** The machine's own time and timers: the clock of a client that is given none. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
