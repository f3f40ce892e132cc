import type { Database, RootDatabase } from 'lmdb';
import type { Codec, StoredEntry } from './codec.js';
import { EntryCache } from './entry-cache.js';
import { ReadAhead } from './read-ahead.js';
import { type AnyEntry, type EntryKind, tableOf } from './tables.js';

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
  readonly #ahead: ReadAhead;

  constructor(root: RootDatabase<string, string>, kind: EntryKind) {
    const table = tableOf(kind);
    this.#rows = root.openDB({ name: table.name, encoding: 'string' });
    this.#codec = table.openCodec();
    this.#cache = new EntryCache((entry) => table.isCached(entry));
    this.#ahead = new ReadAhead(this.#rows);
  }

  get(id: string): AnyStored | undefined {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const text = this.#ahead.get(id);
    if (text === undefined) return undefined;
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

  /** `before`: an earlier version. */
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
    this.#ahead.drop();
    for (const { id, stored, text } of rows) this.#cache.set(id, stored, text.length);
  }
}
