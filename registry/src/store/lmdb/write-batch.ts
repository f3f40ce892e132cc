import type { Change } from '../../log/change.js';
import type { CommittedEntry } from '../store.js';
import { type AnyEntry, ENTRY_KINDS, type EntryKind, perKind, tableOf } from '../tables.js';
import { type Segment, segmentsOf } from './lmdb-log.js';
import type { AnyStored, EncodedRow, LmdbTable } from './lmdb-table.js';

const WEIGHT_MAX = 512;
const CHANGES_MAX = 4_096;

/** An entry to write. It belongs to its batch, which adds later writes of the entry to it. */
export interface EntryToWrite {
  entry: AnyEntry;
  /** The entry that it replaces on disk once the batches before this one are there. */
  readonly before: AnyEntry | undefined;
  /** The newest version that the table knew when the entry was decided. Parts of its row may be copied. */
  readonly stored: AnyStored | undefined;
  readonly changes: Change[];
}

/** A batch as it goes to disk. */
export interface EncodedBatch {
  readonly rows: Readonly<Record<EntryKind, readonly EncodedRow[]>>;
  readonly segments: readonly Segment[];
}

/** Writes that share one transaction. An entry that changes twice in a batch is written once. */
export class WriteBatch {
  readonly durable: Promise<void>;
  readonly changes: Change[] = [];
  readonly #entries = perKind(() => new Map<string, EntryToWrite>());
  #encoded: EncodedBatch | undefined;
  #weight = 0;
  #isStarted = false;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Writers receive a failure. Where no writer waits, it must not end the process.
    this.durable.catch(() => {});
  }

  get isEmpty(): boolean {
    return this.#weight === 0;
  }

  /** Encoding more at a time would hold up everything else. */
  get isFull(): boolean {
    return this.#weight >= WEIGHT_MAX || this.changes.length >= CHANGES_MAX;
  }

  get(kind: EntryKind, id: string): EntryToWrite | undefined {
    return this.#entries[kind].get(id);
  }

  put(kind: EntryKind, id: string, write: EntryToWrite): void {
    const { entry, changes } = write;
    const entries = this.#entries[kind];
    const known = entries.get(id);
    if (known) {
      known.entry = entry;
      for (const change of changes) known.changes.push(change);
    } else {
      entries.set(id, write);
      this.#weight += tableOf(kind).weight;
    }
    for (const change of changes) this.changes.push(change);
  }

  /** The entries for listeners. `sequence`: head of the log with this batch. */
  committed(sequence: number): CommittedEntry[] {
    const committed: CommittedEntry[] = [];
    for (const kind of ENTRY_KINDS) {
      for (const { before, entry: after, changes } of this.#entries[kind].values())
        committed.push({ kind, before, after, changes, sequence } as CommittedEntry);
    }
    return committed;
  }

  /** Returns true once: the first writer starts the batch. */
  isFirstWrite(): boolean {
    const isFirst = !this.#isStarted;
    this.#isStarted = true;
    return isFirst;
  }

  /** Nothing may be added afterwards. */
  encode(tables: Readonly<Record<EntryKind, LmdbTable>>): EncodedBatch {
    this.#encoded ??= {
      rows: perKind((kind) => {
        const rows: EncodedRow[] = [];
        for (const [id, { entry, stored }] of this.#entries[kind]) rows.push(tables[kind].encode(id, entry, stored));
        return rows;
      }),
      segments: segmentsOf(this.changes),
    };
    return this.#encoded;
  }

  resolve(): void {
    this.#resolve();
  }

  reject(error: Error): void {
    this.#reject(error);
  }
}
