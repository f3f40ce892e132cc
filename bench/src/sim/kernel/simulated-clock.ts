import type { Cancel, SteadyClock } from '@muster/twin';

interface Timer {
  readonly dueAtMs: number;
  readonly owner: object;
  readonly work: () => void;
}

/** A clock that the simulation moves. The wall time may jump; timers do not depend on it. */
export class SimulatedClock {
  #elapsedMs = 0;
  #wallOffsetMs = Date.UTC(2030, 0, 1);
  #timers: Timer[] = [];
  #jumps = 0;

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Number of jumps of the wall time. */
  get jumps(): number {
    return this.#jumps;
  }

  jump(byMs: number): void {
    this.#jumps += 1;
    this.#wallOffsetMs += byMs;
  }

  /** Returns the clock of a process; `drop` cancels its timers. */
  of(owner: object): SteadyClock {
    return {
      now: () => this.#elapsedMs + this.#wallOffsetMs,
      elapsed: () => this.#elapsedMs,
      after: (ms, work) => this.#after(owner, ms, work),
    };
  }

  drop(owner: object): void {
    this.#timers = this.#timers.filter((one) => one.owner !== owner);
  }

  /** Moves to the next timer that is due by then and runs it, or else to the end. Returns whether a timer ran. */
  step(endMs: number): boolean {
    let next: Timer | undefined;
    for (const one of this.#timers) {
      if (one.dueAtMs <= endMs && (next === undefined || one.dueAtMs < next.dueAtMs)) next = one;
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, next?.dueAtMs ?? endMs);
    if (next === undefined) return false;
    this.#timers.splice(this.#timers.indexOf(next), 1);
    next.work();
    return true;
  }

  #after(owner: object, delayMs: number, work: () => void): Cancel {
    const timer = { dueAtMs: this.#elapsedMs + delayMs, owner, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }
}
