import type { Cause, Task } from './work-queue.js';

/** Pause after the first failure. */
export const RETRY_AFTER_MS = 1_000;
/** A device that fails again and again is tried less and less often, at least once in this time. */
const RETRY_AFTER_MAX_MS = 60_000;

interface Failure {
  readonly cause: Cause;
  readonly pauseMs: number;
  /** Undefined while it is being tried. */
  readonly dueAt: number | undefined;
}

/** Devices that could not be reconciled, and when each of them is tried again. */
export class Retries {
  readonly #failures = new Map<string, Failure>();

  /** Whether it failed when it was tried last. */
  has(id: string): boolean {
    return this.#failures.has(id);
  }

  /** It failed: its pause doubles each time. A sweep is no reason to forget what led to it first. */
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

  /** When the next one is due, if the clock goes on as before. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.#failures.values()) {
      if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
    }
    return next;
  }
}

/** Nobody waits for longer than its pause: where more than that is left, the clock was put back meanwhile. */
function isDue({ dueAt, pauseMs }: Failure, now: number): boolean {
  return dueAt !== undefined && (dueAt <= now || dueAt - now > pauseMs);
}
