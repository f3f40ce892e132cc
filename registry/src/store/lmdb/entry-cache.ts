import type { StoredEntry } from '../codec.js';

const CACHED_ENTRIES_MAX = 20_000;
const CACHED_TEXT_LENGTH_MAX = 64 * 1024 * 1024;

interface CachedEntry<Entry> {
  readonly stored: StoredEntry<Entry>;
  readonly length: number;
}

/**
 * Decoded entries of one kind that are on disk. Writes go to the new one of two generations. When it holds half of the
 * bounds, the old one is dropped as a whole, so that no write has to reorder entries.
 */
export class EntryCache<Entry> {
  readonly #isCached: (entry: Entry) => boolean;
  #newGeneration = new Map<string, CachedEntry<Entry>>();
  #oldGeneration = new Map<string, CachedEntry<Entry>>();
  /** Of the new generation. */
  #length = 0;

  /** `isCached`: whether an entry belongs here. */
  constructor(isCached: (entry: Entry) => boolean) {
    this.#isCached = isCached;
  }

  get(id: string): StoredEntry<Entry> | undefined {
    return (this.#newGeneration.get(id) ?? this.#oldGeneration.get(id))?.stored;
  }

  /** `length` is that of the row, a measure of the memory that the entry takes. */
  set(id: string, stored: StoredEntry<Entry>, length: number): void {
    if (!this.#isCached(stored.entry)) {
      this.#drop(id);
      return;
    }
    this.#length += length - (this.#newGeneration.get(id)?.length ?? 0);
    this.#newGeneration.set(id, { stored, length });
    if (this.#newGeneration.size < CACHED_ENTRIES_MAX / 2 && this.#length < CACHED_TEXT_LENGTH_MAX / 2) return;
    this.#oldGeneration = this.#newGeneration;
    this.#newGeneration = new Map();
    this.#length = 0;
  }

  #drop(id: string): void {
    const known = this.#newGeneration.get(id);
    if (known) {
      this.#length -= known.length;
      this.#newGeneration.delete(id);
    }
    this.#oldGeneration.delete(id);
  }
}
