import type { Cancel } from '@muster/twin';
import type { Change, NewChange } from './change.js';
import type { ConfigurationEntry } from './configuration-record.js';
import type { DeviceEntry } from './device-record.js';

/** What is kept under each kind of key. Entries are immutable values; a verb replaces them whole. */
export interface Entries {
  readonly device: DeviceEntry;
  readonly configuration: ConfigurationEntry;
}

export type EntryKind = keyof Entries;

/** What a verb made of an entry. Without `entry` nothing is written; changes are appended together with it. */
export interface Decision<Kind extends EntryKind, Result> {
  readonly result: Result;
  readonly entry?: Entries[Kind];
  readonly changes?: readonly NewChange[];
}

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
  /** Only what is on disk is shown: an entry whose change is still under way is shown as it was before. */
  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined>;

  /** Entries with an id above `after` in id order, at most `limit`; the same promise of durability as `read`. */
  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Promise<readonly Entries[Kind][]>;

  /**
   * Compare-and-set: `decide` gets the latest entry and must be pure, for it runs again when another writer
   * came between. Its entry and changes are committed in one transaction. What `decide` throws rejects, and
   * nothing is written.
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

  /**
   * Drops the oldest changes while they happened before `olderThan` (milliseconds since 1970) or the log has
   * more than `bytesMax`; an adapter may drop them in portions of some hundred. The newest change always stays.
   */
  trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void>;

  /** Calls `wake` after changes came to disk. It carries nothing: readers go by their cursor. */
  follow(wake: () => void): Cancel;

  /** Takes no more writes, waits for what is under way, then lets go of files and connections. */
  close(): Promise<void>;
}
