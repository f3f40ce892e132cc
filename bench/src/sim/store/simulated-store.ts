import type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  Decision,
  Entries,
  EntryKind,
  Store,
} from '@muster/registry';
import { type Cancel, TwinError } from '@muster/twin';
import type { Chance } from '../kernel/chance.js';
import type { Faults, StoreVerb } from '../kernel/faults.js';
import type { Scheduler } from '../kernel/scheduler.js';
import type { Mutation } from '../mutations/mutation.js';
import type { Decided } from '../observation/observation.js';
import { Batch } from './batch.js';
import type { Disk } from './disk.js';

export interface SimulatedStoreParts {
  readonly disk: Disk;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly mutation: Mutation;
  readonly moment: () => Decided;
  readonly count: (fault: string) => void;
  /** Called when the process dies with a write. */
  readonly died: () => void;
}

const NEVER = new Promise<never>(() => {});

/** The store of one process. When the process dies, its pending calls never resolve. */
export class SimulatedStore implements Store {
  readonly #parts: SimulatedStoreParts;
  readonly #followers = new Set<() => void>();
  readonly #listeners = new Set<CommitListener>();
  #batch: Batch | undefined;
  #isDead = false;
  #isBroken = false;
  #writesLeft = Number.POSITIVE_INFINITY;

  constructor(parts: SimulatedStoreParts) {
    this.#parts = parts;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  versionOf(device: string): number {
    return this.#parts.disk.latest('device', device)?.desiredVersion ?? 0;
  }

  /** The process dies with the write that follows `writes` more. */
  dieAfter(writes: number): void {
    this.#writesLeft = writes;
  }

  die(): void {
    this.#isDead = true;
    this.#followers.clear();
    this.#listeners.clear();
  }

  /** Behaves like a full disk: rejects new writes and those in flight, some of which may be on disk later. */
  breakDisk(kept: number): void {
    this.#isBroken = true;
    this.#parts.disk.fail(kept);
    this.#batch?.reject(new TwinError('unavailable', 'the disk takes no more'));
    this.#batch = undefined;
  }

  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined> {
    return this.#answer('read', () => this.#show(this.#parts.disk.read(kind, id)));
  }

  readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]> {
    return this.#answer('read', () => ids.map((id) => this.#show(this.#parts.disk.read(kind, id))));
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Awaitable<readonly Entries[Kind][]> {
    return this.#answer('scan', () => this.#parts.disk.scan(kind, after, limit).map((one) => this.#show(one)));
  }

  head(): Awaitable<number> {
    return this.#answer('changes', () => this.#parts.disk.head);
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    return this.#answer('changes', () => this.#parts.disk.changes(after, limit));
  }

  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>> {
    this.#parts.scheduler.stir();
    if (this.#isDead) return NEVER;
    const delay = this.#delay();
    const perform = (): Awaitable<Committed<Result>> => {
      this.#mustWork('update');
      if (this.#isBroken) throw new TwinError('unavailable', 'the disk takes no more');
      return this.#decide(kind, id, decide);
    };
    if (delay > 0) return this.#afterTurns(delay, perform);
    try {
      return perform();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async trim(): Promise<void> {}

  follow(wake: () => void): Cancel {
    const own = (): void => wake();
    this.#followers.add(own);
    return () => this.#followers.delete(own);
  }

  onCommit(listener: CommitListener): Cancel {
    const own: CommitListener = (entries) => listener(entries);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Wakes all followers. */
  wakeAll(): void {
    for (const wake of this.#followers) {
      this.#parts.scheduler.stir();
      queueMicrotask(() => this.#followers.has(wake) && wake());
    }
  }

  async close(): Promise<void> {}

  #decide<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>> {
    const { disk, mutation } = this.#parts;
    const current = mutation.showsStale ? disk.read(kind, id) : disk.latest(kind, id);
    const durable = (disk.isPending(kind, id) && this.#batch ? this.#batch.durable : undefined) ?? Promise.resolve();
    const decision = this.#decision(() => decide(current));
    if (decision.kind === 'refused') return durable.then(() => Promise.reject(decision.error));
    const { result, entry, changes = [] } = decision.made;
    if (!entry) return { result, durable };
    this.#writesLeft -= 1;
    const stored = mutation.stored?.(entry, current) ?? entry;
    disk.decide(kind, id, stored, { changes, ...this.#parts.moment() });
    if (this.#writesLeft === 0) {
      this.#parts.died();
      return NEVER;
    }
    const batch = this.#openBatch();
    batch.hasChanges ||= changes.length > 0;
    return { result, durable: mutation.acknowledgesEarly ? Promise.resolve() : batch.durable };
  }

  /** A refusal is sent once the entry that it rests on is on disk. */
  #decision<Made>(decide: () => Made): { kind: 'made'; made: Made } | { kind: 'refused'; error: unknown } {
    try {
      return { kind: 'made', made: decide() };
    } catch (error) {
      return { kind: 'refused', error };
    }
  }

  #openBatch(): Batch {
    if (this.#batch) return this.#batch;
    const batch = new Batch();
    this.#batch = batch;
    const { scheduler } = this.#parts;
    scheduler.later(1 + this.#delay(), () => {
      if (this.#isDead || this.#batch !== batch) return;
      this.#batch = undefined;
      const flushed = this.#parts.disk.flush();
      const entries = this.#parts.mutation.told?.(flushed) ?? flushed;
      for (const listener of this.#listeners) listener(entries);
      batch.resolve();
      if (batch.hasChanges) this.#wakeFollowers();
    });
    return batch;
  }

  #wakeFollowers(): void {
    const { chance, faults, count, mutation } = this.#parts;
    if (mutation.losesWakeUps) return;
    if (chance.is(faults.loseWakeUpProbability)) {
      count('wake-up lost');
      return;
    }
    this.wakeAll();
    if (!chance.is(faults.repeatWakeUpProbability)) return;
    count('wake-up repeated');
    this.#parts.scheduler.later(1 + chance.below(3), () => this.wakeAll());
  }

  #show<Entry extends Entries[EntryKind] | undefined>(entry: Entry): Entry {
    const { mutation } = this.#parts;
    return mutation.shown && entry ? (mutation.shown(entry) as Entry) : entry;
  }

  /** Reads at the moment of the call, however late the result arrives. */
  #answer<Value>(verb: StoreVerb, look: () => Value): Awaitable<Value> {
    this.#parts.scheduler.stir();
    if (this.#isDead) return NEVER;
    const delay = this.#delay();
    const value = look();
    if (delay > 0) {
      return this.#afterTurns(delay, () => {
        this.#mustWork(verb);
        return value;
      });
    }
    try {
      this.#mustWork(verb);
      return value;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #afterTurns<Value>(delay: number, perform: () => Awaitable<Value>): Promise<Value> {
    this.#parts.count('answer delayed');
    return new Promise((resolve, reject) => {
      this.#parts.scheduler.later(delay, () => {
        if (this.#isDead) return;
        try {
          resolve(perform());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #mustWork(verb: StoreVerb): void {
    const { chance, faults, count } = this.#parts;
    if (!faults.failingVerbs.has(verb) || !chance.is(faults.failProbability)) return;
    count(`${verb} failed`);
    throw new TwinError('unavailable', `${verb} fails`);
  }

  #delay(): number {
    const { chance, faults } = this.#parts;
    return faults.delayTurnsMax > 0 && chance.is(0.4) ? 1 + chance.below(faults.delayTurnsMax) : 0;
  }
}
