import type { Cancel, SteadyClock } from '@muster/twin';

interface Timer {
  readonly dueAt: number;
  readonly work: () => void;
}

/** A clock that moves only when a test moves it. */
export class FakeClock implements SteadyClock {
  #elapsed = 0;
  /** Wall time minus elapsed time, in milliseconds. */
  #ahead: number;
  #timers: Timer[] = [];

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#ahead = now;
  }

  now(): number {
    return this.#ahead + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, work: () => void): Cancel {
    const timer = { dueAt: this.#elapsed + delayMs, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Sets the wall clock; timers are not affected. */
  set(now: number): void {
    this.#ahead = now - this.#elapsed;
  }

  /** Runs the timers that come due, in order, each at its own time. */
  advance(byMs: number): void {
    const end = this.#elapsed + byMs;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#elapsed = next.dueAt;
      this.#timers = this.#timers.filter((one) => one !== next);
      next.work();
    }
    this.#elapsed = end;
  }

  #next(end: number): Timer | undefined {
    return this.#timers.filter(({ dueAt }) => dueAt <= end).sort((left, right) => left.dueAt - right.dueAt)[0];
  }
}
