import { firstIndex } from './first-index.js';

/**
 * A sorted list in blocks, so that adding and removing an item moves few others. Items that compare as equal are
 * stored once. Adding in order is fast and fills the blocks.
 */
export class SortedBlocks<Item> {
  readonly #compare: (left: Item, right: Item) => number;
  /** None is empty. */
  #blocks: Item[][] = [];
  #size = 0;

  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** Replaces all items by sorted, distinct ones. */
  fill(items: readonly Item[]): void {
    this.#blocks = [];
    this.#size = items.length;
    for (let from = 0; from < items.length; from += BLOCK_ITEMS_MAX) {
      this.#blocks.push(items.slice(from, from + BLOCK_ITEMS_MAX));
    }
  }

  /** The same items under another comparison, which must put them in the same order. */
  copy(compare: (left: Item, right: Item) => number): SortedBlocks<Item> {
    const copy = new SortedBlocks(compare);
    copy.#blocks = this.#blocks.map((block) => block.slice());
    copy.#size = this.#size;
    return copy;
  }

  /** Returns whether it was added. */
  add(item: Item): boolean {
    if (this.#isLast(item)) {
      this.#append(item);
      return true;
    }
    const border = this.#find((held) => this.#compare(held, item) >= 0);
    const block = this.#blocks[border.block] as Item[];
    if (this.#compare(block[border.index] as Item, item) === 0) return false;
    block.splice(border.index, 0, item);
    this.#size += 1;
    if (block.length > BLOCK_ITEMS_MAX) this.#blocks.splice(border.block + 1, 0, block.splice(BLOCK_ITEMS_MAX / 2));
    return true;
  }

  /** Returns whether it was removed. */
  delete(item: Item): boolean {
    const border = this.#find((held) => this.#compare(held, item) >= 0);
    const block = this.#blocks[border.block];
    if (!block || this.#compare(block[border.index] as Item, item) !== 0) return false;
    block.splice(border.index, 1);
    this.#size -= 1;
    const next = this.#blocks[border.block + 1];
    if (block.length === 0) this.#blocks.splice(border.block, 1);
    else if (next && block.length + next.length < BLOCK_ITEMS_MAX / 2) {
      block.push(...next);
      this.#blocks.splice(border.block + 1, 1);
    }
    return true;
  }

  /** The border before the first item for which `isFrom` holds. It must hold for all later items too. */
  from(isFrom: (item: Item) => boolean): Border {
    return this.#find(isFrom);
  }

  /** The number of items between two borders. */
  count(from: Border, to: Border): number {
    if (from.block >= to.block) return Math.max(0, from.block === to.block ? to.index - from.index : 0);
    let count = to.index - from.index;
    for (let block = from.block; block < to.block; block += 1) count += this.#blocks[block]?.length ?? 0;
    return count;
  }

  visit(from: Border, to: Border, visit: (item: Item) => void): void {
    for (let at = from.block; at <= to.block; at += 1) {
      const block = this.#blocks[at] ?? [];
      const end = at === to.block ? to.index : block.length;
      for (let index = at === from.block ? from.index : 0; index < end; index += 1) visit(block[index] as Item);
    }
  }

  /** Like `visit`, in lists. A whole block is yielded itself, not copied. */
  *lists(from: Border, to: Border): Generator<readonly Item[], void, undefined> {
    for (let at = from.block; at <= to.block; at += 1) {
      const block = this.#blocks[at] ?? [];
      const [start, end] = [at === from.block ? from.index : 0, at === to.block ? to.index : block.length];
      if (start < end) yield start === 0 && end === block.length ? block : block.slice(start, end);
    }
  }

  /** The block that contains the item, or would. */
  blockOf(item: Item): readonly Item[] | undefined {
    return this.#blocks[this.#find((held) => this.#compare(held, item) >= 0).block] ?? this.#blocks.at(-1);
  }

  /** One by one. Do not go on after items were added or removed. */
  *walk(from: Border): Generator<Item, void, undefined> {
    for (let at = from.block; at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at] ?? [];
      for (let index = at === from.block ? from.index : 0; index < block.length; index += 1) yield block[index] as Item;
    }
  }

  get start(): Border {
    return { block: 0, index: 0 };
  }

  get end(): Border {
    return { block: this.#blocks.length, index: 0 };
  }

  #isLast(item: Item): boolean {
    const block = this.#blocks.at(-1);
    return block === undefined || this.#compare(lastOf(block), item) < 0;
  }

  #append(item: Item): void {
    const block = this.#blocks.at(-1);
    if (block && block.length < BLOCK_ITEMS_MAX) block.push(item);
    else this.#blocks.push([item]);
    this.#size += 1;
  }

  #find(isFrom: (item: Item) => boolean): Border {
    const blocks = this.#blocks;
    const block = firstIndex(blocks.length, (at) => isFrom(lastOf(blocks[at] as Item[])));
    const items = blocks[block];
    return { block, index: items ? firstIndex(items.length, (at) => isFrom(items[at] as Item)) : 0 };
  }
}

/** A position between two items. Valid until an item is added or removed. */
export interface Border {
  readonly block: number;
  readonly index: number;
}

const BLOCK_ITEMS_MAX = 512;

function lastOf<Item>(block: readonly Item[]): Item {
  return block[block.length - 1] as Item;
}
