import type { EntryKind } from '../store.js';
import type { StoredEntry } from './stored-entry.js';

const CACHED_ENTRIES_MAX = 20_000;
const CACHED_TEXT_LENGTH_MAX = 64 * 1024 * 1024;

interface CachedEntry {
  readonly stored: StoredEntry;
  readonly length: number;
}

/**
 * Decoded entries that are on disk: configurations, and devices that are connected, for those talk. A walk over a fleet
 * that is away must not drive them out. Two generations: what is written goes to the younger one, and when that holds
 * half of the bounds the elder one leaves as a whole. So what was written lately stays, and no write has to reorder.
 */
export class EntryCache {
  #younger = new Map<string, CachedEntry>();
  #elder = new Map<string, CachedEntry>();
  #length = 0;

  get(kind: EntryKind, id: string): StoredEntry | undefined {
    const key = keyOf(kind, id);
    return (this.#younger.get(key) ?? this.#elder.get(key))?.stored;
  }

  /** `length` is that of the entry as text: a measure of the memory it takes. */
  set(kind: EntryKind, id: string, stored: StoredEntry, length: number): void {
    const key = keyOf(kind, id);
    if (kind === 'device' && !isConnected(stored)) {
      this.#drop(key);
      return;
    }
    this.#length += length - (this.#younger.get(key)?.length ?? 0);
    this.#younger.set(key, { stored, length });
    if (this.#younger.size < CACHED_ENTRIES_MAX / 2 && this.#length < CACHED_TEXT_LENGTH_MAX / 2) return;
    this.#elder = this.#younger;
    this.#younger = new Map();
    this.#length = 0;
  }

  #drop(key: string): void {
    const younger = this.#younger.get(key);
    if (younger) {
      this.#length -= younger.length;
      this.#younger.delete(key);
    }
    this.#elder.delete(key);
  }
}

function isConnected({ entry }: StoredEntry): boolean {
  return 'connected' in entry && entry.connected;
}

// No id begins with a slash, so the two kinds never meet.
function keyOf(kind: EntryKind, id: string): string {
  return kind === 'device' ? id : `/${id}`;
}
