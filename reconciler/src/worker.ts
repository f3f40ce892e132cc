import type { Clock, Log } from '@muster/twin';
import type { Cause, Queue, Task } from './queue.js';
import { Slicer } from './slicer.js';

/** Writes under way to disk at a time: enough to share flushes, few enough to stop soon. */
const UNDER_WAY_MAX = 2_000;
const RETRY_MS = 1_000;

interface WorkerParts {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether no scan is finding devices at this moment. */
  readonly isQuiet: () => boolean;
  /** Answers whether anything had to change. */
  readonly reconcile: (id: string) => Promise<boolean>;
}

/** Takes ids from the queue and reconciles them, in slices, many writes sharing one flush. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #isRunning = false;
  #isStopped = false;
  #reconciled = 0;
  #changed = 0;
  #repaired = 0;
  #failed = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** `repaired`: what only a sweep found. It is a detector of bugs and should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    return {
      queued: this.#parts.queue.size,
      reconciled: this.#reconciled,
      changed: this.#changed,
      repaired: this.#repaired,
      failed: this.#failed,
    };
  }

  get isIdle(): boolean {
    return this.#underWay === 0 && this.#parts.queue.size === 0 && !this.#isRunning;
  }

  add(id: string, cause: Cause, isUrgent: boolean): void {
    this.#parts.queue.add(id, cause, isUrgent);
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  async idle(): Promise<void> {
    while (!this.isIdle) await this.#progress();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    while (this.#underWay > 0 || this.#isRunning) await this.#progress();
  }

  async #run(): Promise<void> {
    const slicer = new Slicer(this.#parts.clock);
    for (let task = this.#take(); task; task = this.#take()) {
      void this.#reconcile(task);
      await slicer.pause();
      while (this.#underWay >= UNDER_WAY_MAX) await this.#progress();
    }
    this.#isRunning = false;
    this.#proceed();
  }

  #take(): Task | undefined {
    return this.#isStopped ? undefined : this.#parts.queue.take();
  }

  async #reconcile({ id, cause }: Task): Promise<void> {
    this.#underWay += 1;
    const isQuiet = cause === 'sweep' && this.#parts.isQuiet();
    try {
      const isChanged = await this.#parts.reconcile(id);
      this.#reconciled += 1;
      if (isChanged) this.#changed += 1;
      if (isChanged && isQuiet) this.#repair(id);
    } catch (error) {
      this.#failed += 1;
      this.#parts.log('error', 'a device could not be reconciled, it is tried again', { device: id, error });
      this.#parts.clock.after(RETRY_MS, () => this.add(id, cause, false));
    } finally {
      this.#underWay -= 1;
      this.#proceed();
    }
  }

  #repair(id: string): void {
    this.#repaired += 1;
    this.#parts.log('warn', 'the sweep repaired a device that no change had led to', { device: id });
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #proceed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
