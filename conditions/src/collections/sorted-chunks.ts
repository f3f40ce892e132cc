import { firstIndex } from './first-index.js';

/** A sorted list in chunks, so that adding and removing an item moves few others. No two items compare as equal. */
export class SortedChunks<Item> {
  /** None is empty. */
  readonly chunks: ItemChunk<Item>[] = [];
  readonly #compare: (left: Item, right: Item) => number;

  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare;
  }

  /** The stored item that compares as equal. */
  find(item: Item): Item | undefined {
    const chunk = this.chunks[this.#chunkFor(item)];
    const stored = chunk?.items[this.#positionIn(chunk, item)];
    return stored !== undefined && this.#compare(stored, item) === 0 ? stored : undefined;
  }

  /** Adds an item that no stored one equals. */
  add(item: Item): void {
    const at = this.#chunkFor(item);
    const chunk = this.chunks[at];
    if (!chunk) {
      this.chunks.push({ items: [item] });
      return;
    }
    chunk.items.splice(this.#positionIn(chunk, item), 0, item);
    chunk.furthest = undefined;
    if (chunk.items.length > CHUNK_ITEMS_MAX) {
      this.chunks.splice(at + 1, 0, { items: chunk.items.splice(CHUNK_ITEMS_MAX / 2) });
    }
  }

  remove(item: Item): void {
    const at = this.#chunkFor(item);
    const chunk = this.chunks[at];
    const position = chunk ? this.#positionIn(chunk, item) : 0;
    const stored = chunk?.items[position];
    if (!chunk || stored === undefined || this.#compare(stored, item) !== 0) return;
    chunk.items.splice(position, 1);
    chunk.furthest = undefined;
    if (chunk.items.length === 0) this.chunks.splice(at, 1);
  }

  /** Visits the items from the first with `isFrom` until `isPast`; each must hold for all later items too. */
  visit(isFrom: (item: Item) => boolean, isPast: (item: Item) => boolean, visit: (item: Item) => void): void {
    const { chunks } = this;
    const begin = Math.max(0, firstIndex(chunks.length, (index) => isFrom(firstOf(chunks[index]))) - 1);
    for (let at = begin; at < chunks.length; at += 1) {
      const items = chunks[at]?.items ?? [];
      const start = at === begin ? firstIndex(items.length, (index) => isFrom(items[index] as Item)) : 0;
      for (let index = start; index < items.length; index += 1) {
        const item = items[index] as Item;
        if (isPast(item)) return;
        visit(item);
      }
    }
  }

  /** The last chunk that begins at or before the item, or the first. */
  #chunkFor(item: Item): number {
    const { chunks } = this;
    return Math.max(0, firstIndex(chunks.length, (index) => this.#compare(firstOf(chunks[index]), item) > 0) - 1);
  }

  #positionIn({ items }: ItemChunk<Item>, item: Item): number {
    return firstIndex(items.length, (index) => this.#compare(items[index] as Item, item) >= 0);
  }
}

export interface ItemChunk<Item> {
  readonly items: Item[];
  /** The item that reaches furthest, computed on demand; undefined after a change. */
  furthest?: Item | undefined;
}

const CHUNK_ITEMS_MAX = 128;

function firstOf<Item>(chunk: ItemChunk<Item> | undefined): Item {
  return chunk?.items[0] as Item;
}
