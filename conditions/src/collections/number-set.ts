import { CHUNK_BITS, NumberChunk, setBit } from './number-chunk.js';

/**
 * A compact set of numbers from 0 below 2^32: a sorted list while small, else chunks of 65,536, each a list or bits.
 * Operations return new sets. Where possible their cost is that of the smaller operand.
 */
export class NumberSet {
  #size = 0;
  /** In order. Either this or the chunks. */
  #few: number[] | undefined = [];
  #chunks: (NumberChunk | undefined)[] | undefined;

  static of(numbers: Iterable<number>): NumberSet {
    const set = new NumberSet();
    for (const number of numbers) set.add(number);
    return set;
  }

  /** Creates a set from unsorted lists with duplicates; for many numbers much faster than adding each. */
  static ofMany(...lists: readonly Uint32Array[]): NumberSet {
    const length = lists.reduce((sum, list) => sum + list.length, 0);
    if (length <= FEW_MAX) return NumberSet.of(lists.flatMap((list) => [...list]).sort((left, right) => left - right));
    const words: Uint32Array[] = [];
    for (const list of lists) {
      for (const number of list) {
        const high = number >>> CHUNK_BITS;
        while (words.length <= high) words.push(NO_WORDS);
        if (words[high] === NO_WORDS) words[high] = NumberChunk.words();
        setBit(words[high] as Uint32Array, number & LOW);
      }
    }
    return NumberSet.#ofChunks(words.map((bits) => (bits === NO_WORDS ? undefined : NumberChunk.ofWords(bits))));
  }

  static #ofChunks(chunks: (NumberChunk | undefined)[]): NumberSet {
    const set = new NumberSet();
    set.#few = undefined;
    set.#chunks = chunks;
    set.#size = chunks.reduce((size, chunk) => size + (chunk?.size ?? 0), 0);
    if (set.#size < FEW_MAX / 2) set.#becomeFew();
    return set;
  }

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    const few = this.#few;
    if (few) return few[position(few, number)] === number;
    return this.#chunks?.[number >>> CHUNK_BITS]?.has(number & LOW) === true;
  }

  /** Returns whether it was added. */
  add(number: number): boolean {
    const isNew = this.#few ? insert(this.#few, number) : this.#chunk(number >>> CHUNK_BITS).add(number & LOW);
    if (!isNew) return false;
    this.#size += 1;
    if (this.#few && this.#size > FEW_MAX) this.#becomeChunks(this.#few);
    return true;
  }

  /** Returns whether it was removed. */
  delete(number: number): boolean {
    const few = this.#few;
    const wasThere = few ? remove(few, number) : this.#deleteFromChunk(number);
    if (!wasThere) return false;
    this.#size -= 1;
    if (!few && this.#size < FEW_MAX / 2) this.#becomeFew();
    return true;
  }

  /** In order. */
  visit(visit: (number: number) => void): void {
    if (this.#few) for (const number of this.#few) visit(number);
    else for (const [high, chunk] of (this.#chunks ?? []).entries()) chunk?.visit(high * CHUNK_SIZE, visit);
  }

  /** All numbers in order, in lists of at most 65,536. Numbers added or deleted between two lists may be missed. */
  *parts(): Generator<readonly number[], void, undefined> {
    if (this.#few) yield this.#few.slice();
    for (const [high, chunk] of (this.#chunks ?? []).entries()) {
      const numbers: number[] = [];
      chunk?.visit(high * CHUNK_SIZE, (number) => numbers.push(number));
      yield numbers;
    }
  }

  toArray(): number[] {
    if (this.#few) return this.#few.slice();
    const all: number[] = [];
    this.visit((number) => all.push(number));
    return all;
  }

  clone(): NumberSet {
    const copy = new NumberSet();
    copy.#size = this.#size;
    copy.#few = this.#few?.slice();
    copy.#chunks = this.#chunks?.map((chunk) => chunk?.clone());
    return copy;
  }

  filter(isKept: (number: number) => boolean): NumberSet {
    const kept = new NumberSet();
    this.visit((number) => {
      if (isKept(number)) kept.add(number);
    });
    return kept;
  }

  intersect(other: NumberSet): NumberSet {
    if (this.#few) return this.filter((number) => other.has(number));
    if (other.#few) return other.intersect(this);
    return this.#combine(other, (left, right) => left && right && left.intersect(right));
  }

  subtract(other: NumberSet): NumberSet {
    if (this.#few) return this.filter((number) => !other.has(number));
    if (!other.#few)
      return this.#combine(other, (left, right) => (left && right ? left.subtract(right) : left?.clone()));
    const rest = this.clone();
    for (const number of other.#few) rest.delete(number);
    return rest;
  }

  unite(other: NumberSet): NumberSet {
    if (this.#few) {
      const both = other.clone();
      for (const number of this.#few) both.add(number);
      return both;
    }
    if (other.#few) return other.unite(this);
    return this.#combine(other, (left, right) => (left && right ? left.unite(right) : (left ?? right)?.clone()));
  }

  #combine(other: NumberSet, join: (left?: NumberChunk, right?: NumberChunk) => NumberChunk | undefined): NumberSet {
    const [left, right] = [this.#chunks ?? [], other.#chunks ?? []];
    const length = Math.max(left.length, right.length);
    return NumberSet.#ofChunks(Array.from({ length }, (_, at) => join(left[at], right[at])));
  }

  #chunk(high: number): NumberChunk {
    this.#chunks ??= [];
    while (this.#chunks.length <= high) this.#chunks.push(undefined);
    let chunk = this.#chunks[high];
    if (!chunk) {
      chunk = new NumberChunk();
      this.#chunks[high] = chunk;
    }
    return chunk;
  }

  #deleteFromChunk(number: number): boolean {
    const chunk = this.#chunks?.[number >>> CHUNK_BITS];
    if (!chunk?.delete(number & LOW)) return false;
    if (chunk.size === 0 && this.#chunks) this.#chunks[number >>> CHUNK_BITS] = undefined;
    return true;
  }

  #becomeChunks(few: readonly number[]): void {
    this.#few = undefined;
    for (const number of few) this.#chunk(number >>> CHUNK_BITS).add(number & LOW);
  }

  #becomeFew(): void {
    const few = this.toArray();
    this.#few = few;
    this.#chunks = undefined;
  }
}

const CHUNK_SIZE = 2 ** CHUNK_BITS;
const LOW = CHUNK_SIZE - 1;
const NO_WORDS = new Uint32Array(0);
/** Larger sets become chunks; below half of it they become a list again. */
const FEW_MAX = 1_024;

/** The first position whose number is not less. */
function position(numbers: readonly number[], number: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((numbers[middle] as number) < number) from = middle + 1;
    else to = middle;
  }
  return from;
}

function insert(numbers: number[], number: number): boolean {
  const last = numbers.at(-1);
  if (last === undefined || last < number) {
    numbers.push(number);
    return true;
  }
  const at = position(numbers, number);
  if (numbers[at] === number) return false;
  numbers.splice(at, 0, number);
  return true;
}

function remove(numbers: number[], number: number): boolean {
  const at = position(numbers, number);
  if (numbers[at] !== number) return false;
  numbers.splice(at, 1);
  return true;
}
