import { mkdirSync } from 'node:fs';
import { type Cancel, TwinError } from '@muster/twin';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { ChangePage, Committed, Decision, Entries, EntryKind, Store } from '../store.js';
import { ChangeTail, numbered } from './change-log.js';
import { EntryCache } from './entry-cache.js';
import { Followers } from './followers.js';
import { LmdbLog } from './lmdb-log.js';
import { WriteBatch } from './write-batch.js';

/**
 * The embedded store. Decisions are made in memory over what is still under way to disk, and are gathered
 * into one transaction while the one before is being synced: however many writers wait, they share one flush.
 *
 * LMDB's overlapping sync is off: what is visible is on disk, and the file always opens at its last commit.
 */
export class LmdbStore implements Store {
  readonly #root: RootDatabase<string, string>;
  readonly #tables: Readonly<Record<EntryKind, Database<string, string>>>;
  readonly #log: LmdbLog;
  readonly #cache = new EntryCache();
  readonly #tail = new ChangeTail();
  readonly #followers = new Followers();
  #gathering = new WriteBatch();
  #writing: WriteBatch | undefined;
  /** The head of what was decided; that of what is on disk is the log's. */
  #head: number;
  #failure: Error | undefined;

  static open(folder: string): LmdbStore {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new LmdbStore(open({ path: folder, encoding: 'string', overlappingSync: false, maxDbs: 8 }));
  }

  private constructor(root: RootDatabase<string, string>) {
    this.#root = root;
    this.#tables = {
      device: root.openDB({ name: 'devices', encoding: 'string' }),
      configuration: root.openDB({ name: 'configurations', encoding: 'string' }),
    };
    this.#log = new LmdbLog(root);
    this.#head = this.#log.head;
  }

  async read<Kind extends EntryKind>(kind: Kind, id: string): Promise<Entries[Kind] | undefined> {
    return this.#stored(kind, id);
  }

  async scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Promise<readonly Entries[Kind][]> {
    const range = [...this.#tables[kind].getRange({ start: after, limit: limit + 1 })];
    const rows = range.filter(({ key }) => key > after).slice(0, limit);
    return rows.map(({ key, value }) => this.#cache.get(kind, key) ?? (JSON.parse(value) as Entries[Kind]));
  }

  async update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Promise<Committed<Result>> {
    if (this.#failure)
      throw new TwinError('unavailable', 'the store cannot write any more', {}, { cause: this.#failure });
    const { result, entry, changes = [] } = decide(this.#latest(kind, id));
    if (!entry && changes.length === 0) return { result, durable: this.#durability(kind, id) };
    const batch = this.#gathering;
    if (entry) batch.put(kind, id, entry);
    batch.append(numbered(changes, this.#head));
    this.#head += changes.length;
    if (batch.isFirstWrite()) setImmediate(() => this.#write());
    return { result, durable: batch.durable };
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    const { oldest, head } = this.#log;
    return { changes: this.#tail.since(after, limit) ?? this.#log.read(after, limit), oldest, head };
  }

  async trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void> {
    await this.#log.trim(bounds);
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
  }

  async close(): Promise<void> {
    while (this.#writing || !this.#gathering.isEmpty) await (this.#writing ?? this.#gathering).durable.catch(() => {});
    await this.#root.close();
  }

  /** What a decision must see: it may be on its way to disk. */
  #latest<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#gathering.get(kind, id) ?? this.#writing?.get(kind, id) ?? this.#stored(kind, id);
  }

  /** What is on disk. */
  #stored<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    const cached = this.#cache.get(kind, id);
    if (cached) return cached;
    const text = this.#tables[kind].get(id);
    if (text === undefined) return undefined;
    const entry = JSON.parse(text) as Entries[Kind];
    this.#cache.set(kind, id, entry);
    return entry;
  }

  /** Nothing was written, but what was seen may still be on its way. */
  #durability(kind: EntryKind, id: string): Promise<void> {
    if (this.#gathering.get(kind, id)) return this.#gathering.durable;
    return this.#writing?.get(kind, id) ? this.#writing.durable : Promise.resolve();
  }

  async #write(): Promise<void> {
    if (this.#writing || this.#gathering.isEmpty) return;
    const batch = this.#gathering;
    this.#gathering = new WriteBatch();
    this.#writing = batch;
    try {
      await this.#commit(batch);
      this.#settle(batch);
    } catch (error) {
      this.#fail(batch, error as Error);
    }
  }

  async #commit(batch: WriteBatch): Promise<void> {
    const written = this.#root.batch(() => {
      for (const { kind, id, entry } of batch.entries()) this.#tables[kind].put(id, JSON.stringify(entry));
      this.#log.append(batch.changes);
    });
    await written;
  }

  #settle(batch: WriteBatch): void {
    for (const { kind, id, entry } of batch.entries()) this.#cache.set(kind, id, entry);
    this.#log.advance(batch.changes);
    this.#tail.push(batch.changes);
    this.#writing = undefined;
    batch.resolve();
    if (!this.#gathering.isEmpty) setImmediate(() => this.#write());
    if (batch.changes.length > 0) this.#followers.wake();
  }

  /** A full disk or a broken file: nothing more is taken, nothing was acknowledged, reads go on. */
  #fail(batch: WriteBatch, error: Error): void {
    this.#failure = error;
    this.#writing = undefined;
    const problem = new TwinError('unavailable', 'the store could not write', {}, { cause: error });
    batch.reject(problem);
    this.#gathering.reject(problem);
    this.#gathering = new WriteBatch();
  }
}
