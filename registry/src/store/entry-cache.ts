import type { Entries, EntryKind } from '../store.js';

const CACHED_ENTRIES_MAX = 20_000;
const CACHED_TEXT_LENGTH_MAX = 64 * 1024 * 1024;

interface CachedEntry {
  readonly entry: Entries[EntryKind];
  readonly length: number;
}

/** Decoded entries that are on disk, the least recently written ones leaving first. */
export class EntryCache {
  readonly #entries = new Map<string, CachedEntry>();
  #length = 0;

  get<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#entries.get(keyOf(kind, id))?.entry as Entries[Kind] | undefined;
  }

  /** `length` is that of the entry as text: a measure of the memory it takes. */
  set(kind: EntryKind, id: string, entry: Entries[EntryKind], length: number): void {
    const key = keyOf(kind, id);
    this.#delete(key);
    this.#entries.set(key, { entry, length });
    this.#length += length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= CACHED_ENTRIES_MAX && this.#length <= CACHED_TEXT_LENGTH_MAX) return;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#length -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}

// No id begins with a slash, so the two kinds never meet.
function keyOf(kind: EntryKind, id: string): string {
  return kind === 'device' ? id : `/${id}`;
}
