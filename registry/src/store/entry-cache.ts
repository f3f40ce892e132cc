import type { Entries, EntryKind } from '../store.js';

const CACHED_ENTRIES_MAX = 20_000;

/** Decoded entries that are on disk, the least recently written ones leaving first. */
export class EntryCache {
  readonly #entries = new Map<string, Entries[EntryKind]>();

  get<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#entries.get(keyOf(kind, id)) as Entries[Kind] | undefined;
  }

  set(kind: EntryKind, id: string, entry: Entries[EntryKind]): void {
    const key = keyOf(kind, id);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > CACHED_ENTRIES_MAX) this.#entries.delete(this.#entries.keys().next().value as string);
  }
}

// No id begins with a slash, so the two kinds never meet.
function keyOf(kind: EntryKind, id: string): string {
  return kind === 'device' ? id : `/${id}`;
}
