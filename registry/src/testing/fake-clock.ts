import type { Cancel, Clock } from '@muster/twin';

interface Timer {
  readonly dueAt: number;
  readonly work: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, work: () => void): Cancel {
    const timer = { dueAt: this.#now + delayMs, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Runs what comes due, in order, each at its own time. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.dueAt;
      this.#timers = this.#timers.filter((one) => one !== next);
      next.work();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    return this.#timers.filter(({ dueAt }) => dueAt <= end).sort((left, right) => left.dueAt - right.dueAt)[0];
  }
}
