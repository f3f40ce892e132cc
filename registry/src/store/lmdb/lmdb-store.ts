import { type Cancel, TwinError } from '@muster/twin';
import { open, type RootDatabase } from 'lmdb';
import { ChangeTail, numbered } from '../../log/change-tail.js';
import { Followers } from '../followers.js';
import type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  Decision,
  Entries,
  EntryKind,
  Store,
} from '../store.js';
import { ENTRY_KINDS, perKind } from '../tables.js';
import { createFile } from './create-file.js';
import { LmdbLog } from './lmdb-log.js';
import { LmdbTable } from './lmdb-table.js';
import { checkFormat, writeFormat } from './store-format.js';
import { type EncodedBatch, WriteBatch } from './write-batch.js';

const OPTIONS = {
  encoding: 'string',
  overlappingSync: false,
  // Start a batch at once, not at the end of a turn that may be long.
  eventTurnBatching: false,
  txnStartThreshold: 1,
  // Otherwise a folder with a dot in its name is taken for a file.
  noSubdir: false,
  maxDbs: 8,
} as const;
/** Decoded entries kept for the reads that `prefetch` announces. */
const PREFETCHED_MAX = 64;
const ON_DISK: Promise<void> = Promise.resolve();

/**
 * The embedded store. It decides in memory over writes that are still in flight, and collects them in one transaction
 * while the one before is synced. All writers that wait share one flush.
 *
 * LMDB's overlapping sync is off: visible rows are on disk, and the file always opens at its last commit. One process at
 * a time may open a folder, because decisions see only writes of this object.
 */
export class LmdbStore implements Store {
  readonly #root: RootDatabase<string, string>;
  readonly #tables: Readonly<Record<EntryKind, LmdbTable>>;
  readonly #log: LmdbLog;
  readonly #tail = new ChangeTail();
  readonly #followers = new Followers();
  /** Oldest first, at least one; the newest takes writes. */
  #batches: WriteBatch[] = [new WriteBatch()];
  /** Whether the oldest batch is being written. */
  #isWriting = false;
  #trimming: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  /** Head of the decided changes; the head on disk is that of the log. */
  #head: number;
  #failure: Error | undefined;

  /** Throws for a folder of another format. */
  static open(folder: string): LmdbStore {
    createFile(folder, (path) => {
      const root = openRoot(path);
      writeFormat(root);
      void root.close();
    });
    const root = openRoot(folder);
    try {
      checkFormat(root, folder);
    } catch (error) {
      void root.close();
      throw error;
    }
    return new LmdbStore(root);
  }

  private constructor(root: RootDatabase<string, string>) {
    this.#root = root;
    this.#tables = perKind((kind) => new LmdbTable(root, kind));
    this.#log = new LmdbLog(root);
    this.#head = this.#log.head;
  }

  read<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    const written = this.#written(kind, id);
    const entry = written ? written.before : this.#tables[kind].get(id)?.entry;
    return entry as Entries[Kind] | undefined;
  }

  readMany<Kind extends EntryKind>(kind: Kind, ids: readonly string[]): readonly (Entries[Kind] | undefined)[] {
    const found: (Entries[Kind] | undefined)[] = [];
    for (let start = 0; start < ids.length; start += PREFETCHED_MAX) {
      const some = ids.slice(start, start + PREFETCHED_MAX);
      this.prefetch(kind, some);
      for (const id of some) found.push(this.read(kind, id));
    }
    return found;
  }

  prefetch(kind: EntryKind, ids: readonly string[]): void {
    this.#tables[kind].prefetch(ids.length > PREFETCHED_MAX ? ids.slice(0, PREFETCHED_MAX) : ids);
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): readonly Entries[Kind][] {
    const found: Entries[Kind][] = [];
    this.#tables[kind].walk(after, (id, stored) => {
      const written = this.#written(kind, id);
      const entry = written ? written.before : stored().entry;
      if (entry) found.push(entry as Entries[Kind]);
      return found.length < limit;
    });
    return found;
  }

  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>> {
    try {
      return this.#decide(kind, id, decide);
    } catch (error) {
      return this.#durability(kind, id).then(() => Promise.reject(error));
    }
  }

  #decide<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Committed<Result> {
    this.#mustBeWritable();
    const inFlight = this.#inFlight(kind, id)?.get(kind, id);
    const stored = inFlight ? inFlight.stored : this.#tables[kind].get(id);
    const before = inFlight ? inFlight.entry : stored?.entry;
    const { result, entry, changes = [] } = decide(before as Entries[Kind] | undefined);
    if (!entry) return { result, durable: this.#durability(kind, id) };
    const batch = this.#gathering();
    batch.put(kind, id, { entry, before, stored, changes: numbered(changes, this.#head) });
    this.#head += changes.length;
    if (batch.isFirstWrite()) setImmediate(() => this.#write());
    return { result, durable: batch.durable };
  }

  head(): number {
    return this.#log.head;
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    const { oldest, head } = this.#log;
    const start = Math.max(after, oldest - 1);
    return { changes: this.#tail.since(start, limit) ?? this.#log.read(start, limit), oldest, head };
  }

  /** Trims in slices, one transaction each, so that a long log is never in memory and writers get their turns. */
  async trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void> {
    const trimming = this.#trimming.then(async () => {
      while (!this.#closing && (await this.#trimSlice(bounds)));
    });
    this.#trimming = trimming.catch(() => {});
    await trimming;
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
  }

  onCommit(listener: CommitListener): Cancel {
    return this.#followers.onCommit(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    while (!this.#oldest.isEmpty) await this.#oldest.durable.catch(() => {});
    await this.#trimming;
    await this.#root.close();
  }

  #mustBeWritable(): void {
    if (this.#closing) throw new TwinError('unavailable', 'the store is closed');
    if (!this.#failure) return;
    throw new TwinError('unavailable', 'the store cannot write any more', {}, { cause: this.#failure });
  }

  /**
   * Returns the entry that is being written, if any. Its row may be visible before the transaction is known to be on disk
   * and listeners have it.
   */
  #written(kind: EntryKind, id: string): ReturnType<WriteBatch['get']> {
    return this.#isWriting ? this.#oldest.get(kind, id) : undefined;
  }

  /** Resolves when the entry that a decision saw is on disk. */
  #durability(kind: EntryKind, id: string): Promise<void> {
    return this.#inFlight(kind, id)?.durable ?? ON_DISK;
  }

  get #oldest(): WriteBatch {
    return this.#batches[0] as WriteBatch;
  }

  /** Returns the newest batch that holds the entry. */
  #inFlight(kind: EntryKind, id: string): WriteBatch | undefined {
    for (let index = this.#batches.length - 1; index >= 0; index -= 1) {
      if (this.#batches[index]?.get(kind, id)) return this.#batches[index];
    }
    return undefined;
  }

  /**
   * Returns the batch that takes the next write: not one that is being written or is full. A full batch is encoded while
   * the disk is busy with the batch before.
   */
  #gathering(): WriteBatch {
    const newest = this.#batches.at(-1) as WriteBatch;
    const isBeingWritten = this.#isWriting && this.#batches.length === 1;
    if (!newest.isFull && !isBeingWritten) return newest;
    if (!isBeingWritten) newest.encode(this.#tables);
    const batch = new WriteBatch();
    this.#batches.push(batch);
    return batch;
  }

  async #write(): Promise<void> {
    if (this.#isWriting || this.#oldest.isEmpty) return;
    this.#isWriting = true;
    const batch = this.#oldest;
    // Encode before the transaction begins: an error must not leave half of it written.
    const encoded = batch.encode(this.#tables);
    try {
      await this.#root.batch(() => this.#put(encoded));
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#settle(batch, encoded);
  }

  /** Called within a transaction. */
  #put({ rows, segments }: EncodedBatch): void {
    for (const kind of ENTRY_KINDS) {
      for (const row of rows[kind]) this.#tables[kind].put(row);
    }
    this.#log.append(segments);
  }

  #settle(batch: WriteBatch, { rows, segments }: EncodedBatch): void {
    this.#isWriting = false;
    this.#batches.shift();
    if (this.#batches.length === 0) this.#batches.push(new WriteBatch());
    // A full batch is written at once, while the rest of this step runs.
    if (this.#oldest.isFull) void this.#write();
    else if (!this.#oldest.isEmpty) setImmediate(() => this.#write());
    for (const kind of ENTRY_KINDS) this.#tables[kind].advance(rows[kind]);
    this.#log.advance(batch.changes, segments);
    this.#tail.push(
      batch.changes,
      segments.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    if (this.#followers.isAnyListening) this.#followers.tell(batch.committed(this.#log.head));
    batch.resolve();
    if (batch.changes.length > 0) this.#followers.wake();
  }

  /** A full disk or a broken file: refuses all writes from now on. Nothing was acknowledged, and reads go on. */
  #fail(error: Error): void {
    const problem = this.#refuse(error);
    this.#isWriting = false;
    for (const batch of this.#batches) batch.reject(problem);
    this.#batches = [new WriteBatch()];
  }

  #refuse(error: Error): TwinError {
    this.#failure ??= error;
    ignoreCommitError(error);
    return new TwinError('unavailable', 'the store could not write', {}, { cause: error });
  }

  /** Returns whether there may be more to trim. */
  async #trimSlice(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<boolean> {
    this.#mustBeWritable();
    const slice = this.#log.trimSlice(bounds);
    if (!slice) return false;
    this.#log.retire(slice);
    try {
      await this.#root.batch(() => this.#log.drop(slice));
    } catch (error) {
      throw this.#refuse(error as Error);
    }
    return true;
  }
}

function openRoot(path: string): RootDatabase<string, string> {
  return open({ path, ...OPTIONS });
}

/** The driver also rejects a second promise, which would end the process if it were not handled. */
function ignoreCommitError(error: Error): void {
  const { commitError } = error as { commitError?: Promise<unknown> };
  commitError?.catch(() => {});
}
