import { seededRandom } from '../../load/seeded-random.js';

/** The random source of a run. Each stream of a seed is independent of the use of the others. */
export class Chance {
  #random: () => number;

  constructor(seed: number, stream: string) {
    this.#random = streamOf(seed, stream);
  }

  /** Switches to a different stream. */
  turnTo(seed: number, stream: string): void {
    this.#random = streamOf(seed, stream);
  }

  /** In [0, 1). */
  readonly random = (): number => this.#random();

  /** From 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  is(probability: number): boolean {
    return this.random() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('there is nothing to pick from');
    return items[this.below(items.length)] as Item;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}

function streamOf(seed: number, stream: string): () => number {
  let mixed = seed >>> 0;
  for (const unit of stream) mixed = Math.imul(mixed ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return seededRandom(mixed);
}
