import type { Cancel, Clock, Log } from '@muster/twin';
import { RETRY_AFTER_MS } from './retries.js';

interface CoalescingJobParts<Key> {
  readonly clock: Clock;
  readonly log: Log;
  /** Runs once for all due keys. */
  readonly run: (due: ReadonlySet<Key>) => Promise<void>;
  /** Called after a successful run: keys that were not added again meanwhile are no longer due. */
  readonly done?: (keys: ReadonlySet<Key>) => void;
}

/**
 * Runs a long job for the keys that were added, one run at a time. Keys added during a run share the next one, so that
 * ten thousand configurations cost a few walks over the fleet. A failed run is retried.
 */
export class CoalescingJob<Key> {
  readonly #parts: CoalescingJobParts<Key>;
  #due = new Set<Key>();
  #underWay: ReadonlySet<Key> = new Set();
  #isBusy = false;
  #running: Promise<void> | undefined;
  #cancelRetry: Cancel | undefined;
  #isStopped = false;

  constructor(parts: CoalescingJobParts<Key>) {
    this.#parts = parts;
  }

  /** Retries that are due later are not waited for. */
  get isIdle(): boolean {
    return this.#running === undefined;
  }

  /** Whether any key waits for a run, retries included. */
  get isAnyDue(): boolean {
    return this.#due.size > 0;
  }

  /** Whether the key waits for a run, or is being run. */
  isDue(key: Key): boolean {
    return this.#due.has(key) || this.#underWay.has(key);
  }

  add(key: Key): void {
    this.#due.add(key);
    this.#begin();
  }

  /** Resolves when all keys added so far were run. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    await this.idle();
  }

  #begin(): void {
    if (this.#isStopped || this.#isBusy || this.#due.size === 0) return;
    // Before the run, which may add keys at once.
    this.#isBusy = true;
    this.#running = this.#run().then((isDone) => {
      this.#isBusy = false;
      this.#running = undefined;
      // Keys added after the last check found a run in progress.
      if (isDone) this.#begin();
    });
  }

  /** Returns whether no run failed. */
  async #run(): Promise<boolean> {
    while (this.#due.size > 0 && !this.#isStopped) {
      const due = this.#due;
      this.#due = new Set();
      this.#underWay = due;
      try {
        await this.#parts.run(due);
      } catch (error) {
        this.#fail(due, error);
        return false;
      }
      this.#underWay = new Set();
      this.#parts.done?.(due);
    }
    return true;
  }

  #fail(due: ReadonlySet<Key>, error: unknown): void {
    this.#underWay = new Set();
    for (const key of due) this.#due.add(key);
    this.#parts.log('error', 'a walk over the devices failed; retrying', { error });
    if (this.#isStopped) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#parts.clock.after(RETRY_AFTER_MS, () => this.#begin());
  }
}
