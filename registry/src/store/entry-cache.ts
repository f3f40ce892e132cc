import type { Entries, EntryKind } from '../store.js';
import type { EncodedDevice } from './encode-device.js';

const CACHED_ENTRIES_MAX = 20_000;
const CACHED_TEXT_LENGTH_MAX = 64 * 1024 * 1024;

interface CachedEntry {
  readonly entry: Entries[EntryKind];
  readonly length: number;
  readonly encoded: EncodedDevice | undefined;
}

/**
 * Decoded entries that are on disk. Two generations: what is written goes to the younger one, and when that holds
 * half of the bounds the elder one leaves as a whole. So what was written lately stays, and no write has to reorder.
 */
export class EntryCache {
  #younger = new Map<string, CachedEntry>();
  #elder = new Map<string, CachedEntry>();
  #length = 0;

  get<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    const key = keyOf(kind, id);
    return (this.#younger.get(key) ?? this.#elder.get(key))?.entry as Entries[Kind] | undefined;
  }

  /** The parts of a device as they were written last, where they are at hand. */
  encoded(id: string): EncodedDevice | undefined {
    return (this.#younger.get(id) ?? this.#elder.get(id))?.encoded;
  }

  /** `length` is that of the entry as text: a measure of the memory it takes. */
  set(kind: EntryKind, id: string, entry: Entries[EntryKind], length: number, encoded?: EncodedDevice): void {
    const key = keyOf(kind, id);
    this.#length += length - (this.#younger.get(key)?.length ?? 0);
    this.#younger.set(key, { entry, length, encoded });
    if (this.#younger.size < CACHED_ENTRIES_MAX / 2 && this.#length < CACHED_TEXT_LENGTH_MAX / 2) return;
    this.#elder = this.#younger;
    this.#younger = new Map();
    this.#length = 0;
  }
}

// No id begins with a slash, so the two kinds never meet.
function keyOf(kind: EntryKind, id: string): string {
  return kind === 'device' ? id : `/${id}`;
}
