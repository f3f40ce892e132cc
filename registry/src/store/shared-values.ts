/** Values kept: between half of this many and all. */
const KEPT_MAX = 16_384;
/** Devices seldom share longer texts. */
const LENGTH_MAX = 512;
/** Misses tolerated before sharing is suspended; one hit makes up for four misses. */
const MISSES_MAX = 24_576;
const MISSES_PER_HIT = 4;
/** Texts parsed without a lookup while sharing is suspended. */
const SUSPENDED = 65_536;

/**
 * `JSON.parse` that keeps thousands of results, for immutable values. Devices of a site have the same tags, and are
 * seldom neighbours in id order. Where texts do not repeat, nothing is kept.
 */
export class SharedValues<Value> {
  #newGeneration = new Map<string, Value>();
  #oldGeneration = new Map<string, Value>();
  #missesLeft = MISSES_MAX;
  /** Texts left to parse without a lookup. */
  #suspended = 0;

  of(text: string): Value {
    if (text.length > LENGTH_MAX || this.#isSuspended()) return JSON.parse(text) as Value;
    const known = this.#newGeneration.get(text) ?? this.#oldGeneration.get(text);
    return known === undefined ? this.#parse(text) : this.#found(known);
  }

  #found(known: Value): Value {
    this.#missesLeft = Math.min(MISSES_MAX, this.#missesLeft + MISSES_PER_HIT);
    return known;
  }

  #parse(text: string): Value {
    const value = JSON.parse(text) as Value;
    this.#missesLeft -= 1;
    if (this.#missesLeft <= 0) this.#suspend();
    // Copies the text: a slice would keep its whole row in memory.
    else this.#newGeneration.set(Buffer.from(text).toString(), value);
    if (this.#newGeneration.size >= KEPT_MAX / 2) {
      this.#oldGeneration = this.#newGeneration;
      this.#newGeneration = new Map();
    }
    return value;
  }

  #suspend(): void {
    this.#newGeneration = new Map();
    this.#oldGeneration = new Map();
    this.#missesLeft = MISSES_MAX;
    this.#suspended = SUSPENDED;
  }

  #isSuspended(): boolean {
    if (this.#suspended === 0) return false;
    this.#suspended -= 1;
    return true;
  }
}
