/** Numbers below 65,536, in a sorted list while they are few and as bits when they are many. */
export class NumberChunk {
  #size = 0;
  #list: Uint16Array = new Uint16Array(LIST_LENGTH_MIN);
  #words: Uint32Array | undefined;

  /** An empty bit set, to be filled by `setBit`. */
  static words(): Uint32Array {
    return new Uint32Array(WORDS);
  }

  get size(): number {
    return this.#size;
  }

  has(low: number): boolean {
    const words = this.#words;
    if (words) return ((words[low >>> 5] as number) & (1 << (low & 31))) !== 0;
    const at = this.#position(low);
    return at < this.#size && this.#list[at] === low;
  }

  /** Returns whether it was added. */
  add(low: number): boolean {
    return this.#words ? this.#setBit(this.#words, low) : this.#insert(low);
  }

  /** Returns whether it was removed. */
  delete(low: number): boolean {
    if (!this.has(low)) return false;
    const words = this.#words;
    this.#size -= 1;
    if (words) {
      words[low >>> 5] = (words[low >>> 5] as number) & ~(1 << (low & 31));
      if (this.#size < LIST_LENGTH_MAX / 2) this.#becomeList(words);
    } else {
      const at = this.#position(low);
      this.#list.copyWithin(at, at + 1, this.#size + 1);
    }
    return true;
  }

  /** In order. */
  visit(base: number, visit: (number: number) => void): void {
    if (this.#words) visitBits(this.#words, base, visit);
    else for (let index = 0; index < this.#size; index += 1) visit(base + (this.#list[index] as number));
  }

  clone(): NumberChunk {
    const copy = new NumberChunk();
    copy.#size = this.#size;
    copy.#words = this.#words?.slice();
    copy.#list = this.#list.slice();
    return copy;
  }

  intersect(other: NumberChunk): NumberChunk {
    const [left, right] = [this.#words, other.#words];
    if (left && right) {
      const both = left.slice();
      for (let index = 0; index < WORDS; index += 1) both[index] = (both[index] as number) & (right[index] as number);
      return NumberChunk.ofWords(both);
    }
    if (left) return other.intersect(this);
    return right ? this.#keep((low) => other.has(low)) : this.#intersectLists(other);
  }

  subtract(other: NumberChunk): NumberChunk {
    const [left, right] = [this.#words, other.#words];
    if (!left) return this.#keep((low) => !other.has(low));
    const rest = left.slice();
    if (right)
      for (let index = 0; index < WORDS; index += 1) rest[index] = (rest[index] as number) & ~(right[index] as number);
    else
      other.visit(0, (low) => {
        rest[low >>> 5] = (rest[low >>> 5] as number) & ~(1 << (low & 31));
      });
    return NumberChunk.ofWords(rest);
  }

  unite(other: NumberChunk): NumberChunk {
    const words = new Uint32Array(WORDS);
    this.#writeTo(words);
    other.#writeTo(words);
    return NumberChunk.ofWords(words);
  }

  #writeTo(words: Uint32Array): void {
    const own = this.#words;
    if (own)
      for (let index = 0; index < WORDS; index += 1) words[index] = (words[index] as number) | (own[index] as number);
    else
      this.visit(0, (low) => {
        setBit(words, low);
      });
  }

  #keep(isKept: (low: number) => boolean): NumberChunk {
    const kept = new Uint16Array(this.#size);
    let size = 0;
    this.visit(0, (low) => {
      if (isKept(low)) kept[size++] = low;
    });
    return NumberChunk.#ofList(kept, size);
  }

  #intersectLists(other: NumberChunk): NumberChunk {
    const [left, right] = [this.#list, other.#list];
    const both = new Uint16Array(Math.min(this.#size, other.#size));
    let [size, at] = [0, 0];
    for (let index = 0; index < this.#size; index += 1) {
      const low = left[index] as number;
      while (at < other.#size && (right[at] as number) < low) at += 1;
      if (at < other.#size && right[at] === low) both[size++] = low;
    }
    return NumberChunk.#ofList(both, size);
  }

  static #ofList(list: Uint16Array, size: number): NumberChunk {
    const chunk = new NumberChunk();
    chunk.#list = list;
    chunk.#size = size;
    return chunk;
  }

  /** Takes over the bits. */
  static ofWords(words: Uint32Array): NumberChunk {
    const chunk = new NumberChunk();
    chunk.#size = countBits(words);
    if (chunk.#size < LIST_LENGTH_MAX / 2) chunk.#becomeList(words);
    else chunk.#words = words;
    return chunk;
  }

  /** The first position whose number is not less. */
  #position(low: number): number {
    const list = this.#list;
    let [from, to] = [0, this.#size];
    if (to > 0 && (list[to - 1] as number) < low) return to;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((list[middle] as number) < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #setBit(words: Uint32Array, low: number): boolean {
    const [before, bit] = [words[low >>> 5] as number, 1 << (low & 31)];
    if ((before & bit) !== 0) return false;
    words[low >>> 5] = before | bit;
    this.#size += 1;
    return true;
  }

  #insert(low: number): boolean {
    const at = this.#position(low);
    if (at < this.#size && this.#list[at] === low) return false;
    if (this.#size === LIST_LENGTH_MAX) return this.#setBit(this.#becomeWords(), low);
    if (this.#size === this.#list.length) this.#grow();
    this.#list.copyWithin(at + 1, at, this.#size);
    this.#list[at] = low;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const length = Math.min(LIST_LENGTH_MAX, Math.ceil(this.#list.length * 1.5) + LIST_LENGTH_MIN);
    const list = new Uint16Array(length);
    list.set(this.#list);
    this.#list = list;
  }

  #becomeWords(): Uint32Array {
    const words = new Uint32Array(WORDS);
    this.#writeTo(words);
    this.#words = words;
    this.#list = NOTHING;
    return words;
  }

  #becomeList(words: Uint32Array): void {
    const list = new Uint16Array(this.#size);
    let at = 0;
    visitBits(words, 0, (low) => {
      list[at++] = low;
    });
    this.#list = list;
    this.#words = undefined;
  }
}

/** Of a number below 65,536. */
export function setBit(words: Uint32Array, low: number): void {
  words[low >>> 5] = (words[low >>> 5] as number) | (1 << (low & 31));
}

export const CHUNK_BITS = 16;

const WORDS = 2 ** CHUNK_BITS / 32;
/** From this size on, bits need no more memory than a list. */
const LIST_LENGTH_MAX = 4_096;
const LIST_LENGTH_MIN = 4;
const NOTHING = new Uint16Array(0);

function visitBits(words: Uint32Array, base: number, visit: (number: number) => void): void {
  for (let index = 0; index < WORDS; index += 1) {
    let word = words[index] as number;
    while (word !== 0) {
      visit(base + index * 32 + (31 - Math.clz32(word & -word)));
      word &= word - 1;
    }
  }
}

function countBits(words: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < WORDS; index += 1) {
    let word = words[index] as number;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}
