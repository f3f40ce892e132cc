import type { Cancel } from '@muster/twin';
import type { Change, NewChange } from '../log/change.js';
import type { Entries, EntryKind } from './tables.js';

export type { Entries, EntryKind };

/** The decision of a verb. Without `entry` nothing is written; changes are appended together with it. */
export type Decision<Kind extends EntryKind, Result> =
  | { readonly result: Result; readonly entry?: undefined; readonly changes?: undefined }
  | { readonly result: Result; readonly entry: Entries[Kind]; readonly changes?: readonly NewChange[] };

/**
 * An entry that a flush wrote to disk. Several writes of one entry in one flush are one pair, with the changes of all of
 * them.
 */
export type CommittedEntry = { readonly [Kind in EntryKind]: CommittedEntryOf<Kind> }[EntryKind];

export interface CommittedEntryOf<Kind extends EntryKind> {
  readonly kind: Kind;
  /** The entry that `read` returned before the flush. */
  readonly before: Entries[Kind] | undefined;
  readonly after: Entries[Kind];
  /** Appended to the log with the entry, oldest first; may be empty. */
  readonly changes: readonly Change[];
  /** Head of the log after the flush, even if the entry appended no change. */
  readonly sequence: number;
}

/** Must not throw: an error is a bug and ends the process, without failing a writer. */
export type CommitListener = (entries: readonly CommittedEntry[]) => void;

export interface Committed<Result> {
  readonly result: Result;
  /** Resolves once the entries that the decision saw and wrote are on disk; rejects if they cannot be written. */
  readonly durable: Promise<void>;
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Sequence of the first change in the log: a reader with a cursor below `oldest - 1` has missed changes. */
  readonly oldest: number;
  /** Sequence of the newest change that is on disk, 0 for an empty log. */
  readonly head: number;
}

/** A value at once where the store has it in memory, else a promise. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * The port to the store. It knows entries and changes; locks, batches and syncs are internal to an adapter. Every
 * adapter passes `runStoreTests`.
 */
export interface Store {
  /** Returns the entry on disk: while a write is in flight, the version before it. */
  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined>;

  /** Returns the result of `read` for each id, in their order. Fastest for ids in ascending order. */
  readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]>;

  /**
   * Announces that these entries, at most 64, are read or updated next, in this order. A store may
   * read them together; no result depends on it.
   */
  prefetch?(kind: EntryKind, ids: readonly string[]): void;

  /** Returns at most `limit` entries with an id above `after`, in id order. Like `read`, it returns entries on disk. */
  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Awaitable<readonly Entries[Kind][]>;

  /**
   * Compare-and-set: `decide` gets the latest entry. It must be pure, because it runs again if another writer came first.
   * Its entry and changes are committed in one transaction. If `decide` throws, nothing is written, and the promise
   * rejects once the entry that `decide` saw is on disk. If that write fails, it rejects with that failure.
   */
  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>>;

  /**
   * Returns at most `limit` changes on disk with a sequence above `after`, oldest first. There may be more even if fewer
   * are returned: compare with `head`. Where older changes were trimmed, the page begins with `oldest`.
   */
  changes(after: number, limit: number): Promise<ChangePage>;

  /** Sequence of the newest change that is on disk, 0 for an empty log. */
  head(): Awaitable<number>;

  /**
   * Drops the oldest changes while they are older than `olderThan` (milliseconds since 1970) or the log has more than
   * `bytesMax`. An adapter may drop some hundred at a time. The newest change always stays.
   */
  trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void>;

  /** Calls `wake` after changes reach the disk, without arguments: readers use their cursors. */
  follow(wake: () => void): Cancel;

  /**
   * Calls `listener` with every entry that reaches the disk, in the order of commits. It runs in the step in which `read`
   * begins to return the entry, and before `durable` resolves, so that no answer is ahead of a listener.
   */
  onCommit(listener: CommitListener): Cancel;

  /** Refuses new writes, waits for those in flight, then releases files and connections. */
  close(): Promise<void>;
}
