import type { Clock } from '@muster/twin';

/** The machine's own time and timers. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
