import type { Cancel } from '@muster/twin';
import type { Change, NewChange } from '../log/change.js';
import type { Entries, EntryKind } from './tables.js';

export type { Entries, EntryKind };

/** What a verb made of an entry. Without `entry` nothing is written; changes are appended together with it. */
export type Decision<Kind extends EntryKind, Result> =
  | { readonly result: Result; readonly entry?: undefined; readonly changes?: undefined }
  | { readonly result: Result; readonly entry: Entries[Kind]; readonly changes?: readonly NewChange[] };

/**
 * An entry that a flush brought to disk. Several writes of one entry in one flush are told as one pair, with the changes
 * of all of them.
 */
export type CommittedEntry = { readonly [Kind in EntryKind]: CommittedEntryOf<Kind> }[EntryKind];

export interface CommittedEntryOf<Kind extends EntryKind> {
  readonly kind: Kind;
  /** As `read` showed it before the flush. */
  readonly before: Entries[Kind] | undefined;
  readonly after: Entries[Kind];
  /** Appended to the log with the entry, oldest first; may be empty. */
  readonly changes: readonly Change[];
  /** Head of the log with the flush, also where the entry appended no change. */
  readonly sequence: number;
}

/** Must not throw for an expected reason: an error is a bug, and ends the process without failing a writer. */
export type CommitListener = (entries: readonly CommittedEntry[]) => void;

export interface Committed<Result> {
  readonly result: Result;
  /** Resolves once what the decision saw and wrote is on disk; rejects when it could not be written. */
  readonly durable: Promise<void>;
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** The log begins here: a reader whose cursor is below `oldest - 1` has missed something. */
  readonly oldest: number;
  /** Sequence of the newest change that is on disk, 0 for an empty log. */
  readonly head: number;
}

/** At once where the store has it at hand. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * The port to what keeps the truth. It speaks of entries and changes; how they are locked, batched and synced
 * is the adapter's affair. Every adapter passes `runStoreTests`.
 */
export interface Store {
  /** Shows only what is on disk: an entry whose write is in flight is shown as it was before. */
  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined>;

  /** As many `read`s in one: an entry for each id, in their order. Fastest for ids in ascending order. */
  readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]>;

  /**
   * Announces that these entries, at most 64, are read or updated next, in this order. A store that can read many entries
   * at a time does so; it changes no result.
   */
  prefetch?(kind: EntryKind, ids: readonly string[]): void;

  /** Entries with an id above `after` in id order, at most `limit`; the same promise of durability as `read`. */
  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Awaitable<readonly Entries[Kind][]>;

  /**
   * Compare-and-set: `decide` gets the latest entry and must be pure, for it runs again when another writer
   * came between. Its entry and changes are committed in one transaction. What `decide` throws rejects, and nothing is
   * written; it rejects only once the entry that `decide` saw is on disk, and with the failure of that write if it fails.
   */
  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>>;

  /**
   * Changes with a sequence above `after`, oldest first, at most `limit`; fewer do not mean that there are no
   * more: `head` tells. Where the past is gone they begin with `oldest`. Only what is on disk.
   */
  changes(after: number, limit: number): Promise<ChangePage>;

  /** Sequence of the newest change that is on disk, 0 for an empty log. */
  head(): Awaitable<number>;

  /**
   * Drops the oldest changes while they happened before `olderThan` (milliseconds since 1970) or the log has
   * more than `bytesMax`; an adapter may drop them in portions of some hundred. The newest change always stays.
   */
  trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void>;

  /** Calls `wake` after changes came to disk. It carries nothing: readers go by their cursor. */
  follow(wake: () => void): Cancel;

  /**
   * Tells every entry that comes to disk, in the order of commits: in the very step in which `read` begins to show it, and
   * before any `durable` of that flush resolves. So an answer never tells of an entry that a listener does not know.
   */
  onCommit(listener: CommitListener): Cancel;

  /** Takes no more writes, waits for what is under way, then lets go of files and connections. */
  close(): Promise<void>;
}
