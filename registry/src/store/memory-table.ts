/** Entries in a map, and their ids in order. Entries are never removed: a deletion leaves a tombstone. */
export class MemoryTable<Entry> {
  readonly #entries = new Map<string, Entry>();
  #ids: readonly string[] = [];

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  set(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
  }

  /** Returns at most `limit` entries with an id above `after`, in id order. */
  above(after: string, limit: number): readonly Entry[] {
    const ids = this.#sortedIds();
    const start = countUpTo(ids, after);
    return ids.slice(start, start + limit).map((id) => this.#entries.get(id) as Entry);
  }

  // Sorts only after ids were added, so that a walk over all pages sorts once.
  #sortedIds(): readonly string[] {
    if (this.#ids.length !== this.#entries.size) this.#ids = [...this.#entries.keys()].sort();
    return this.#ids;
  }
}

/** Returns the number of sorted ids that are not above `bound`. */
function countUpTo(ids: readonly string[], bound: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
