const ENTRY_BYTES = Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT;

/** Device numbers and their orders in parallel typed arrays, sorted by their owner, with little spare room. */
export class WaitingChunk {
  #orders: Float64Array;
  #numbers: Uint32Array;
  #length: number;

  constructor(orders: Float64Array, numbers: Uint32Array) {
    this.#length = orders.length;
    [this.#orders, this.#numbers] = [orders, numbers];
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#orders.length * ENTRY_BYTES;
  }

  /** NaN where nothing stands. */
  orderAt(index: number): number {
    return index < this.#length ? (this.#orders[index] ?? Number.NaN) : Number.NaN;
  }

  /** NaN where nothing stands. */
  numberAt(index: number): number {
    return index < this.#length ? (this.#numbers[index] ?? Number.NaN) : Number.NaN;
  }

  /** The first index whose order is not below this one. */
  search(order: number): number {
    const orders = this.#orders;
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((orders[middle] ?? 0) < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(index: number, order: number, number: number): void {
    if (this.#length === this.#orders.length) this.#resize(this.#length + slack(this.#length));
    this.#orders.copyWithin(index + 1, index, this.#length);
    this.#numbers.copyWithin(index + 1, index, this.#length);
    this.#orders[index] = order;
    this.#numbers[index] = number;
    this.#length += 1;
  }

  /** Removes the items from `from` up to, not including, `to`. */
  cut(from: number, to: number): Uint32Array {
    const numbers = this.#numbers.slice(from, to);
    this.#orders.copyWithin(from, to, this.#length);
    this.#numbers.copyWithin(from, to, this.#length);
    this.#length -= to - from;
    const fitting = this.#length + slack(this.#length);
    if (this.#orders.length > fitting + slack(this.#length)) this.#resize(fitting);
    return numbers;
  }

  /** Moves the upper half to a new chunk. */
  split(): WaitingChunk {
    const half = this.#length >>> 1;
    const after = new WaitingChunk(this.#orders.slice(half, this.#length), this.#numbers.slice(half, this.#length));
    this.cut(half, this.#length);
    return after;
  }

  /** Appends all items of the next chunk. */
  append(after: WaitingChunk): void {
    const length = this.#length + after.#length;
    this.#resize(length + slack(length));
    this.#orders.set(after.#orders.subarray(0, after.#length), this.#length);
    this.#numbers.set(after.#numbers.subarray(0, after.#length), this.#length);
    this.#length = length;
  }

  #resize(capacity: number): void {
    const [orders, numbers] = [new Float64Array(capacity), new Uint32Array(capacity)];
    orders.set(this.#orders.subarray(0, this.#length));
    numbers.set(this.#numbers.subarray(0, this.#length));
    [this.#orders, this.#numbers] = [orders, numbers];
  }
}

/** Spare room: an eighth, so that growing costs little, and at most this many. */
function slack(length: number): number {
  return Math.min(64, Math.max(4, length >>> 3));
}
