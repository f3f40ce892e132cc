import type { Cancel, Clock, Log } from '@muster/twin';
import { RETRY_AFTER_MS } from './retries.js';

interface CoalescingJobParts<Key> {
  readonly clock: Clock;
  readonly log: Log;
  /** Reads the fleet once for all that is due. */
  readonly run: (due: ReadonlySet<Key>) => Promise<void>;
  /** Told after a scan that did not fail: what was not added again meanwhile is no longer due. */
  readonly done?: (keys: ReadonlySet<Key>) => void;
}

/**
 * Reads the whole fleet for what came up, one scan at a time: whatever comes up while a scan runs shares the
 * next one, so that ten thousand configurations at once cost a few scans. A scan that failed is made again.
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

  /** What rests after a failure is not waited for. */
  get isIdle(): boolean {
    return this.#running === undefined;
  }

  /** Whether any scan is to come, also one that rests after a failure. */
  get isAnyDue(): boolean {
    return this.#due.size > 0;
  }

  /** Whether a scan for it is to come, or is under way. */
  isDue(key: Key): boolean {
    return this.#due.has(key) || this.#underWay.has(key);
  }

  add(key: Key): void {
    this.#due.add(key);
    this.#begin();
  }

  /** Resolves when everything that was added so far was scanned for. */
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
    // Before the run: a scan may add more at once.
    this.#isBusy = true;
    this.#running = this.#run().then((isDone) => {
      this.#isBusy = false;
      this.#running = undefined;
      // What came up after the last look was told that a run is under way.
      if (isDone) this.#begin();
    });
  }

  /** Answers whether nothing failed. */
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
    this.#parts.log('error', 'a scan of the devices failed, it is made again', { error });
    if (this.#isStopped) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#parts.clock.after(RETRY_AFTER_MS, () => this.#begin());
  }
}
