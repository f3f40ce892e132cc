import type { Cancel, Clock, Log } from '@muster/twin';
import { type Cause, Queue, type Task } from './queue.js';
import { RepairDetector } from './repair-detector.js';
import { RETRY_AFTER_MS } from './retry.js';
import { Slicer } from './slicer.js';

/** Writes under way to disk at a time: enough to share flushes, few enough to stop soon. */
const UNDER_WAY_MAX = 2_000;
/** How many ids wait before those who walk the fleet are asked to wait too. */
const QUEUED_MAX = 10_000;

interface WorkerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly isUrgent: (id: string) => boolean;
  /** Answers whether anything had to change. */
  readonly reconcile: (id: string) => Promise<boolean>;
  /** Resolves when every change that was on disk by now has led to the devices it touches. */
  readonly caughtUp: () => Promise<void>;
}

/** Takes ids from the queue and reconciles them, in slices, many writes sharing one flush. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #queue = new Queue();
  readonly #repairs: RepairDetector;
  readonly #failures = new Map<string, Cause>();
  readonly #waiting: (() => void)[] = [];
  #cancelRetry: Cancel | undefined;
  #underWay = 0;
  #isRunning = false;
  #isStopped = false;
  #reconciled = 0;
  #changed = 0;
  #failed = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#repairs = new RepairDetector(parts);
  }

  /** `repaired`: what only a sweep found. It is a detector of bugs and should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    return {
      queued: this.#queue.size,
      reconciled: this.#reconciled,
      changed: this.#changed,
      repaired: this.#repairs.repaired,
      failed: this.#failed,
    };
  }

  /** What rests after a failure is not waited for. */
  get isIdle(): boolean {
    return this.#underWay === 0 && this.#queue.size === 0 && !this.#isRunning && this.#repairs.isIdle;
  }

  add(id: string, cause: Cause): void {
    if (this.#isStopped) return;
    if (cause !== 'sweep') this.#repairs.acquit(id);
    this.#queue.add(id, cause, cause !== 'sweep' && this.#parts.isUrgent(id));
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  bringForward(id: string): void {
    this.#queue.bringForward(id);
  }

  /** Changes were missed: what a sweep finds now says nothing about lost wake-ups. */
  acquitAll(): void {
    this.#repairs.acquitAll();
  }

  /** Awaited by those who add many ids, so that a fleet is never in memory all at once. */
  async room(): Promise<void> {
    while (this.#queue.size >= QUEUED_MAX && !this.#isStopped) await this.#progress();
  }

  async idle(): Promise<void> {
    while (!this.isIdle) await this.#progress();
  }

  /** Waits for what is under way; what is still queued is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    this.#repairs.acquitAll();
    this.#proceed();
    while (this.#underWay > 0 || this.#isRunning) await this.#progress();
  }

  async #run(): Promise<void> {
    const slicer = new Slicer(this.#parts.clock);
    for (let task = this.#take(); task; task = this.#take()) {
      void this.#reconcile(task);
      const pause = slicer.pause();
      if (pause) await pause;
      while (this.#underWay >= UNDER_WAY_MAX) await this.#progress();
    }
    this.#isRunning = false;
    this.#proceed();
  }

  #take(): Task | undefined {
    return this.#isStopped ? undefined : this.#queue.take();
  }

  async #reconcile(task: Task): Promise<void> {
    this.#underWay += 1;
    const isSuspect = task.cause === 'sweep' && !this.#failures.has(task.id);
    if (isSuspect) this.#repairs.suspect(task.id);
    try {
      const isChanged = await this.#parts.reconcile(task.id);
      this.#reconciled += 1;
      if (isChanged) this.#changed += 1;
      if (isSuspect && isChanged) void this.#judge(task.id);
      else if (isSuspect) this.#repairs.acquit(task.id);
    } catch (error) {
      this.#fail(task, error);
    } finally {
      this.#underWay -= 1;
      this.#proceed();
    }
  }

  /** Not under way any more: to be caught up may take room for others. */
  async #judge(id: string): Promise<void> {
    await this.#repairs.judge(id);
    this.#proceed();
  }

  /** What fails together is tried again together, and told once. */
  #fail({ id, cause }: Task, error: unknown): void {
    this.#failed += 1;
    this.#repairs.acquit(id);
    if (this.#isStopped) return;
    if (cause !== 'sweep' || !this.#failures.has(id)) this.#failures.set(id, cause);
    if (this.#cancelRetry) return;
    this.#parts.log('error', 'devices could not be reconciled, they are tried again', { device: id, error });
    this.#cancelRetry = this.#parts.clock.after(RETRY_AFTER_MS, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    const failures = [...this.#failures];
    this.#failures.clear();
    for (const [id, cause] of failures) this.add(id, cause);
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
