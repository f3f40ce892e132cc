import type { Awaitable, Committed, DesiredOutcome } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';
import { RepairDetector } from './repair-detector.js';
import { Retries } from './retries.js';
import { Slicer } from './slicer.js';
import { type Cause, type Task, WorkQueue } from './work-queue.js';

/** Writes in flight: two full flushes, one being synced and one filling. Reports queue behind them. */
const UNDER_WAY_MAX = 1_024;
/** Weight of a connected device: it also gets a message, and its answer is written too. */
const CONNECTED_WEIGHT = 2;
/** Devices that the store is told of at a time before they are reconciled. */
const PREFETCHED = 64;
/** Queued ids from which walks over the fleet have to wait. */
export const QUEUED_MAX = 10_000;

interface WorkerParts<Effect> {
  readonly clock: Clock;
  readonly log: Log;
  readonly isUrgent: (id: string) => boolean;
  /** Announces that these devices are reconciled next. */
  readonly prefetch?: (ids: readonly string[]) => void;
  readonly reconcile: (id: string) => Awaitable<Committed<DesiredOutcome<Effect>>>;
  /** The outcome is on disk; `isOutdated` if the version changed since it was decided. Returns whether to decide again. */
  readonly reconciled: (outcome: DesiredOutcome<Effect>, isOutdated: boolean) => boolean;
  /** Changes whenever `reconcile` may decide differently for an unchanged device. */
  readonly version: () => number;
  /** Resolves when every change on disk by now has queued the devices it affects. */
  readonly caughtUp: () => Promise<void>;
}

interface Attempt {
  readonly task: Task;
  readonly weight: number;
  readonly isSuspect: boolean;
  /** The version before the decision. */
  readonly version: number;
}

interface Decided<Effect> extends Attempt {
  readonly outcome: DesiredOutcome<Effect>;
}

/** Decisions that reach the disk together; they share one promise, because a whole fleet passes here. */
interface Flush<Effect> {
  readonly durable: Promise<void>;
  readonly decided: Decided<Effect>[];
}

/**
 * Takes ids from the queue and reconciles them, in slices, many writes sharing one flush. A device decided under an
 * older version is queued again: the signal that queued it may have seen only what was on disk.
 */
export class Worker<Effect> {
  readonly #parts: WorkerParts<Effect>;
  readonly #queue = new WorkQueue();
  readonly #repairs: RepairDetector;
  readonly #retries = new Retries();
  readonly #waiting: (() => void)[] = [];
  /** Devices whose decision the store has not returned yet, and how often; empty if it decides at once. */
  readonly #undecided = new Map<string, number>();
  #flush: Flush<Effect> | undefined;
  #cancelRetry: Cancel | undefined;
  #underWay = 0;
  #isRunning = false;
  #isStopped = false;
  #reconciled = 0;
  #changed = 0;
  #failed = 0;

  constructor(parts: WorkerParts<Effect>) {
    this.#parts = parts;
    this.#repairs = new RepairDetector(parts);
  }

  /** `repaired` counts devices that only a resync found. It detects bugs and should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    return {
      queued: this.#queue.size,
      reconciled: this.#reconciled,
      changed: this.#changed,
      repaired: this.#repairs.repaired,
      failed: this.#failed,
    };
  }

  /** Retries that are due later are not waited for. */
  get isIdle(): boolean {
    return this.#underWay === 0 && this.#queue.size === 0 && !this.#isRunning && this.#repairs.isIdle;
  }

  add(id: string, cause: Cause): void {
    if (this.#isStopped) return;
    if (cause !== 'resync') this.#repairs.acquit(id);
    this.#queue.add(id, cause, cause !== 'resync' && this.#parts.isUrgent(id));
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  bringForward(id: string): void {
    this.#queue.bringForward(id);
  }

  /** Whether walks over the fleet may add more ids without waiting. */
  get hasRoom(): boolean {
    return this.#queue.size < QUEUED_MAX;
  }

  /** Resolves when there is room, so that a fleet is never in memory all at once. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#isStopped) await this.#progress();
  }

  async idle(): Promise<void> {
    while (!this.isIdle) await this.#progress();
  }

  /** Waits for devices in flight; queued ones are dropped. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    this.#repairs.acquitAll();
    this.#proceed();
    while (this.#underWay > 0 || this.#isRunning) await this.#progress();
  }

  async #run(): Promise<void> {
    const slicer = new Slicer(this.#parts.clock);
    let announced = 0;
    while (!this.#isStopped && this.#queue.size > 0) {
      if (announced === 0) announced = this.#prefetch();
      const task = this.#queue.take();
      if (!task) break;
      announced -= 1;
      this.#reconcile(task);
      const pause = slicer.pause();
      if (pause) await pause;
      while (this.#underWay >= UNDER_WAY_MAX) await this.#progress();
    }
    this.#isRunning = false;
    this.#proceed();
  }

  /** Returns how many were announced; at least one waits. */
  #prefetch(): number {
    const ids = this.#queue.next(PREFETCHED);
    this.#parts.prefetch?.(ids);
    return ids.length;
  }

  #reconcile(task: Task): void {
    const weight = this.#parts.isUrgent(task.id) ? CONNECTED_WEIGHT : 1;
    this.#underWay += weight;
    const isSuspect = task.cause === 'resync' && !this.#retries.has(task.id) && !this.#undecided.has(task.id);
    if (isSuspect) this.#repairs.suspect(task.id);
    const attempt: Attempt = { task, weight, isSuspect, version: this.#parts.version() };
    const decided = this.#parts.reconcile(task.id);
    if (!(decided instanceof Promise)) this.#await(attempt, decided);
    else {
      this.#undecided.set(task.id, (this.#undecided.get(task.id) ?? 0) + 1);
      decided
        .finally(() => this.#decided(task.id))
        .then(
          (committed) => this.#await(attempt, committed),
          (error) => this.#fail([attempt], error),
        );
    }
  }

  #decided(id: string): void {
    const others = (this.#undecided.get(id) ?? 1) - 1;
    if (others > 0) this.#undecided.set(id, others);
    else this.#undecided.delete(id);
  }

  #await(attempt: Attempt, { result: outcome, durable }: Committed<DesiredOutcome<Effect>>): void {
    if (this.#flush?.durable !== durable) this.#flush = this.#openFlush(durable);
    const { task, weight, isSuspect, version } = attempt;
    this.#flush.decided.push({ task, weight, isSuspect, version, outcome });
  }

  #openFlush(durable: Promise<void>): Flush<Effect> {
    const flush: Flush<Effect> = { durable, decided: [] };
    const close = (): void => {
      if (this.#flush === flush) this.#flush = undefined;
    };
    durable.then(
      () => {
        close();
        this.#succeed(flush);
      },
      (error) => {
        close();
        this.#fail(flush.decided, error);
      },
    );
    return flush;
  }

  #succeed({ decided }: Flush<Effect>): void {
    const current = this.#parts.version();
    for (const { task, isSuspect, version, outcome } of decided) {
      this.#retries.succeed(task.id);
      if (isSuspect && outcome.isChanged) void this.#judge(task.id);
      else if (isSuspect) this.#repairs.acquit(task.id);
      if (outcome.isChanged) this.#changed += 1;
      if (this.#parts.reconciled(outcome, version !== current)) this.add(task.id, 'change');
    }
    this.#reconciled += decided.length;
    this.#finish(decided);
  }

  /** Not in flight any more: catching up may need room for other devices. */
  async #judge(id: string): Promise<void> {
    await this.#repairs.judge(id);
    this.#proceed();
  }

  /** Logs failures that happen together once. */
  #fail(attempts: readonly Attempt[], error: unknown): void {
    const now = this.#parts.clock.now();
    for (const { task } of attempts) {
      this.#repairs.acquit(task.id);
      this.#retries.fail(task, now);
    }
    this.#failed += attempts.length;
    const device = attempts[0]?.task.id;
    if (!this.#isStopped && !this.#cancelRetry) {
      this.#parts.log('error', 'devices could not be reconciled; retrying', { device, error });
    }
    this.#planRetry();
    this.#finish(attempts);
  }

  #finish(attempts: readonly Attempt[]): void {
    for (const { weight } of attempts) this.#underWay -= weight;
    this.#proceed();
  }

  #planRetry(): void {
    const { nextAt } = this.#retries;
    if (this.#isStopped || this.#cancelRetry || nextAt === undefined) return;
    const { clock } = this.#parts;
    this.#cancelRetry = clock.after(Math.max(0, nextAt - clock.now()), () => {
      this.#cancelRetry = undefined;
      for (const { id, cause } of this.#retries.takeDue(clock.now())) this.add(id, cause);
      this.#planRetry();
    });
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
