/** Entries in a map, and their ids in order. Entries never go: what is deleted leaves a tombstone. */
export class MemoryTable<Entry> {
  readonly #entries = new Map<string, Entry>();
  #ids: readonly string[] = [];

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  set(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
  }

  /** Those with an id above `after`, in id order, at most `limit`. */
  above(after: string, limit: number): readonly Entry[] {
    const ids = this.#sortedIds();
    const start = countUpTo(ids, after);
    return ids.slice(start, start + limit).map((id) => this.#entries.get(id) as Entry);
  }

  // Sorted again only after ids were added: a walk over all pages must not sort for each.
  #sortedIds(): readonly string[] {
    if (this.#ids.length !== this.#entries.size) this.#ids = [...this.#entries.keys()].sort();
    return this.#ids;
  }
}

/** How many of the sorted ids are not above `bound`. */
function countUpTo(ids: readonly string[], bound: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
