import type { Clock } from '@muster/twin';

/** The time and timers of the platform. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
