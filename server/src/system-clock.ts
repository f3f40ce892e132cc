import type { Cancel, SteadyClock } from '@muster/twin';

/** The longest delay of a timer; longer delays are split into steps. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

/** The time of the machine. Its timers do not keep the process alive; the listeners do. */
export class SystemClock implements SteadyClock {
  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  after(delayMs: number, work: () => void): Cancel {
    let timer: NodeJS.Timeout;
    const wait = (rest: number): void => {
      const step = Math.min(rest, TIMER_DELAY_MS_MAX);
      timer = setTimeout(() => (rest > step ? wait(rest - step) : work()), step).unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  }
}
