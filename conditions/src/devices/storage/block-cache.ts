import type { SortedBlocks } from '../../collections/sorted-blocks.js';

/**
 * The devices of the values in whole blocks of an order, from when they were collected until something of them changes
 * or nobody keeps them any more. They are collected in slices, for it takes long where there are very many values.
 */
export class BlockCache<Item> {
  readonly #kept = new Map<readonly Item[], CachedBlock>();

  get size(): number {
    return this.#kept.size;
  }

  of(block: readonly Item[]): Uint32Array | undefined {
    return this.#kept.get(block)?.numbers;
  }

  /** For one keeper more, until it calls what is answered. What another one keeps already is not collected again. */
  keep(block: readonly Item[], collect: () => Uint32Array): () => void {
    const kept = this.#kept.get(block) ?? { numbers: collect(), keepers: 0 };
    this.#kept.set(block, kept);
    kept.keepers += 1;
    return () => {
      kept.keepers -= 1;
      if (kept.keepers === 0 && this.#kept.get(block) === kept) this.#kept.delete(block);
    };
  }

  /** The item is added or removed, or has other devices. To be told before it is so. */
  forget(order: SortedBlocks<Item>, item: Item): void {
    const block = order.blockOf(item);
    if (block) this.#kept.delete(block);
  }
}

interface CachedBlock {
  readonly numbers: Uint32Array;
  keepers: number;
}
