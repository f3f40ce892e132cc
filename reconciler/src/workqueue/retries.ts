import type { Cause, Task } from './work-queue.js';

/** Pause after the first failure. */
export const RETRY_AFTER_MS = 1_000;
/** Longest pause of a device that keeps failing. */
const RETRY_AFTER_MAX_MS = 60_000;

interface Failure {
  readonly cause: Cause;
  readonly pauseMs: number;
  /** Undefined during the retry. */
  readonly dueAt: number | undefined;
}

/** Devices that could not be reconciled, each with the time of its retry. */
export class Retries {
  readonly #failures = new Map<string, Failure>();

  /** Whether its last attempt failed. */
  has(id: string): boolean {
    return this.#failures.has(id);
  }

  /** Doubles the pause. A resync does not replace the first cause. */
  fail({ id, cause }: Task, now: number): void {
    const before = this.#failures.get(id);
    const pauseMs = before ? Math.min(before.pauseMs * 2, RETRY_AFTER_MAX_MS) : RETRY_AFTER_MS;
    const kept = before && cause === 'resync' ? before.cause : cause;
    this.#failures.set(id, { cause: kept, pauseMs, dueAt: now + pauseMs });
  }

  succeed(id: string): void {
    if (this.#failures.size > 0) this.#failures.delete(id);
  }

  takeDue(now: number): Task[] {
    const due: Task[] = [];
    for (const [id, failure] of this.#failures) {
      if (!isDue(failure, now)) continue;
      this.#failures.set(id, { ...failure, dueAt: undefined });
      due.push({ id, cause: failure.cause });
    }
    return due;
  }

  /** When the next retry is due, unless the clock is set. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.#failures.values()) {
      if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
    }
    return next;
  }
}

/** No device waits longer than its pause: if more is left, the clock was set back. */
function isDue({ dueAt, pauseMs }: Failure, now: number): boolean {
  return dueAt !== undefined && (dueAt <= now || dueAt - now > pauseMs);
}
