import type { SortedBlocks } from '../../collections/sorted-blocks.js';

/**
 * Caches the devices of whole blocks of sorted values, until a block changes or its last holder releases it. Collecting
 * is done in steps, because very many values take long.
 */
export class BlockCache<Item> {
  readonly #kept = new Map<readonly Item[], CachedBlock>();

  get size(): number {
    return this.#kept.size;
  }

  of(block: readonly Item[]): Uint32Array | undefined {
    return this.#kept.get(block)?.numbers;
  }

  /** Adds a holder of a block and returns its release function. A cached block is not collected again. */
  keep(block: readonly Item[], collect: () => Uint32Array): () => void {
    const kept = this.#kept.get(block) ?? { numbers: collect(), keepers: 0 };
    this.#kept.set(block, kept);
    kept.keepers += 1;
    return () => {
      kept.keepers -= 1;
      if (kept.keepers === 0 && this.#kept.get(block) === kept) this.#kept.delete(block);
    };
  }

  /** Drops the block of an item. Call it before the item or its devices change. */
  forget(order: SortedBlocks<Item>, item: Item): void {
    const block = order.blockOf(item);
    if (block) this.#kept.delete(block);
  }
}

interface CachedBlock {
  readonly numbers: Uint32Array;
  keepers: number;
}
