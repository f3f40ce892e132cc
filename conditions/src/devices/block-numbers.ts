import type { SortedBlocks } from './sorted-blocks.js';

/**
 * The devices of the values in whole blocks of an order, from when they were collected until something of them changes.
 * They are collected in slices, for it takes long where there are very many values, and asked for soon afterwards.
 */
export class BlockNumbers<Item> {
  #kept = new WeakMap<readonly Item[], Uint32Array>();
  #isAny = false;

  keep(block: readonly Item[], numbers: Uint32Array): void {
    this.#kept.set(block, numbers);
    this.#isAny = true;
  }

  of(block: readonly Item[]): Uint32Array | undefined {
    return this.#kept.get(block);
  }

  get isAny(): boolean {
    return this.#isAny;
  }

  /** The item is added or removed, or has other devices. To be told before it is so. */
  forget(order: SortedBlocks<Item>, item: Item): void {
    const block = order.blockOf(item);
    if (block) this.#kept.delete(block);
  }

  forgetAll(): void {
    this.#kept = new WeakMap();
    this.#isAny = false;
  }
}
