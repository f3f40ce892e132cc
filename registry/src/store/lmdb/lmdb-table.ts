import type { Database, RootDatabase } from 'lmdb';
import type { Codec, StoredEntry } from '../codec.js';
import { type AnyEntry, type EntryKind, tableOf } from '../tables.js';
import { EntryCache } from './entry-cache.js';

/** Rows in one range. */
const RANGE_ROWS_MAX = 64;
/** A range ends after this many consecutive rows that are not wanted: single reads are faster then. */
const SKIPPED_ROWS_MAX = 8;
/** Ids left to single reads after a range found no other id. */
const SINGLE_READS = 16;

export type AnyStored = StoredEntry<AnyEntry>;

/** A row to write, and the entry that it was encoded from. */
export interface EncodedRow {
  readonly id: string;
  readonly text: string;
  readonly stored: AnyStored;
}

/** The entries of one kind that are on disk. */
export class LmdbTable {
  readonly #rows: Database<string, string>;
  readonly #codec: Codec<AnyEntry, AnyStored>;
  readonly #cache: EntryCache<AnyEntry>;
  /** Entries that were read by ranges and are not cached. */
  #prefetched = new Map<string, AnyStored>();

  constructor(root: RootDatabase<string, string>, kind: EntryKind) {
    const table = tableOf(kind);
    this.#rows = root.openDB({ name: table.name, encoding: 'string' });
    this.#codec = table.openCodec();
    this.#cache = new EntryCache((entry) => table.isCached(entry));
  }

  get(id: string): AnyStored | undefined {
    const known = this.#cache.get(id) ?? this.#prefetched.get(id);
    if (known) return known;
    const text = this.#rows.get(id);
    return text === undefined ? undefined : this.#decode(id, text);
  }

  /**
   * Reads by ranges where ascending ids lie close together, which takes half the time of single reads. The entries are
   * kept until the next call, or until they are written.
   */
  prefetch(ids: readonly string[]): void {
    this.#prefetched = new Map();
    const missing = ids.filter((id) => !this.#cache.get(id));
    for (let next = 0; next < missing.length - 1; ) {
      const end = this.#readRange(missing, next);
      next = end > next + 1 ? end : next + 1 + SINGLE_READS;
    }
  }

  /** Returns the index of the first id that was not reached. */
  #readRange(ids: readonly string[], first: number): number {
    let next = first;
    let skipped = 0;
    for (const { key, value } of this.#rows.getRange({ start: ids[first] as string, limit: RANGE_ROWS_MAX })) {
      next = firstFrom(ids, next, key);
      if (ids[next] === key) {
        this.#prefetched.set(key, this.#decode(key, value));
        next += 1;
        skipped = 0;
      } else skipped += 1;
      if (next >= ids.length || skipped > SKIPPED_ROWS_MAX) break;
    }
    return next;
  }

  #decode(id: string, text: string): AnyStored {
    const stored = this.#codec.decode(id, text);
    this.#cache.set(id, stored, text.length);
    return stored;
  }

  /** Visits entries with an id above `after`, in id order, until `visit` returns false. `stored` decodes the row. */
  walk(after: string, visit: (id: string, stored: () => AnyStored) => boolean): void {
    for (const { key, value } of this.#rows.getRange({ start: after })) {
      if (key === after) continue;
      if (!visit(key, () => this.#cache.get(key) ?? this.#codec.decode(key, value))) return;
    }
  }

  /** `before`: an earlier version, whose texts may be copied. */
  encode(id: string, entry: AnyEntry, before: AnyStored | undefined): EncodedRow {
    const stored = this.#codec.encode(entry, before);
    return { id, text: this.#codec.rowOf(stored), stored };
  }

  /** Called within a transaction. */
  put({ id, text }: EncodedRow): void {
    this.#rows.put(id, text);
  }

  /** The transaction of these rows is on disk. */
  advance(rows: readonly EncodedRow[]): void {
    for (const { id, stored, text } of rows) {
      this.#prefetched.delete(id);
      this.#cache.set(id, stored, text.length);
    }
  }
}

/** Returns the index of the first id from `start` on that is not below `key`. */
function firstFrom(ids: readonly string[], start: number, key: string): number {
  let next = start;
  while (next < ids.length && (ids[next] as string) < key) next += 1;
  return next;
}
