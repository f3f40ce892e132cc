import { WaitingChunk } from './waiting-chunk.js';

/** A larger chunk is split. A chunk below a quarter of it is joined with a neighbour of at most half of it. */
const CHUNK_LENGTH_MAX = 1_024;

/** Compares two devices whose orders are equal, by their numbers: below 0 if the left one comes first. */
export type CompareTied = (left: number, right: number) => number;

export interface WaitingDevice {
  readonly number: number;
  readonly order: number;
}

/**
 * Matching devices that are not admitted yet, in the order of admission. A device is a number of 32 bits and an order,
 * an integer of 53 bits that does not change; both are needed to find it again. Sorted chunks of typed arrays take 12
 * to 16 bytes a device. Two binary searches find it, and at most one chunk is moved.
 */
export class Waiting {
  readonly #compareTied: CompareTied;
  /** Sorted chunks, none of them empty. */
  readonly #chunks: WaitingChunk[] = [];
  /**
   * The order of the first device of each chunk, so that a chunk is found without reading any. The value of the very
   * first chunk is not used, and may be outdated.
   */
  readonly #firsts: number[] = [];
  #size = 0;

  constructor(compareTied: CompareTied) {
    this.#compareTied = compareTied;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return this.#chunks.reduce((bytes, chunk) => bytes + chunk.bytes, 0);
  }

  /** Returns whether the device is new. */
  add(number: number, order: number): boolean {
    const place = this.#chunkOf(number, order);
    const chunk = this.#chunks[place];
    if (chunk === undefined) {
      this.#replace(0, 0, [new WaitingChunk(Float64Array.of(order), Uint32Array.of(number))]);
    } else {
      const index = this.#search(chunk, number, order);
      if (chunk.numberAt(index) === number) return false;
      chunk.insert(index, order, number);
      if (chunk.length > CHUNK_LENGTH_MAX) this.#replace(place, 1, [chunk, chunk.split()]);
    }
    this.#size += 1;
    return true;
  }

  /** Returns whether the device was there. */
  remove(number: number, order: number): boolean {
    const place = this.#chunkOf(number, order);
    const chunk = this.#chunks[place];
    if (chunk === undefined) return false;
    const index = this.#search(chunk, number, order);
    if (chunk.numberAt(index) !== number) return false;
    chunk.cut(index, index + 1);
    this.#size -= 1;
    if (chunk.length < CHUNK_LENGTH_MAX / 4) this.#join(place, chunk);
    else if (index === 0) this.#firsts[place] = chunk.orderAt(0);
    return true;
  }

  first(): WaitingDevice | undefined {
    const [chunk] = this.#chunks;
    return chunk && { number: chunk.numberAt(0), order: chunk.orderAt(0) };
  }

  /** Removes and returns the first devices, at most `count`, in order. */
  take(count: number): number[] {
    const taken: number[] = [];
    let emptied = 0;
    for (const chunk of this.#chunks) {
      for (const number of chunk.cut(0, Math.min(count - taken.length, chunk.length))) taken.push(number);
      if (chunk.length > 0) break;
      emptied += 1;
    }
    this.#replace(0, emptied, []);
    this.#size -= taken.length;
    return taken;
  }

  /** The numbers in order. Nothing may be added or removed during the iteration. */
  *[Symbol.iterator](): Generator<number> {
    for (const chunk of this.#chunks) {
      for (let index = 0; index < chunk.length; index += 1) yield chunk.numberAt(index);
    }
  }

  /** The last chunk that does not begin after the device, or the first. */
  #chunkOf(number: number, order: number): number {
    let [low, high] = [0, this.#chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#beginsAfter(middle, number, order)) high = middle - 1;
      else low = middle;
    }
    return low;
  }

  #beginsAfter(place: number, number: number, order: number): boolean {
    const first = this.#firsts[place] ?? 0;
    const chunk = this.#chunks[place];
    if (first !== order || chunk === undefined) return first > order;
    return this.#isBefore(number, chunk.numberAt(0));
  }

  /** Index of the device in a chunk, or where it would be inserted. */
  #search(chunk: WaitingChunk, number: number, order: number): number {
    let index = chunk.search(order);
    while (chunk.orderAt(index) === order && this.#isBefore(chunk.numberAt(index), number)) index += 1;
    return index;
  }

  /** Decides between devices with the same order; rarely more than two. */
  #isBefore(left: number, right: number): boolean {
    return left !== right && this.#compareTied(left, right) < 0;
  }

  /** Joins small neighbours. */
  #join(place: number, chunk: WaitingChunk): void {
    const [before, after] = [this.#chunks[place - 1], this.#chunks[place + 1]];
    if (chunk.length === 0) {
      this.#replace(place, 1, []);
    } else if (after !== undefined && after.length <= CHUNK_LENGTH_MAX / 2) {
      chunk.append(after);
      this.#replace(place, 2, [chunk]);
    } else if (before !== undefined && before.length <= CHUNK_LENGTH_MAX / 2) {
      before.append(chunk);
      this.#replace(place - 1, 2, [before]);
    } else {
      this.#replace(place, 1, [chunk]);
    }
  }

  #replace(place: number, count: number, chunks: readonly WaitingChunk[]): void {
    this.#chunks.splice(place, count, ...chunks);
    this.#firsts.splice(place, count, ...chunks.map((chunk) => chunk.orderAt(0)));
  }
}
