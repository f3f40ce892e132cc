/** So many are remembered at most, half of them for certain. */
const KEPT_MAX = 16_384;
/** Longer texts are seldom those of several devices. */
const LENGTH_MAX = 512;
/** So many may be remembered in vain before it is given up for a while; one that is found makes up for several. */
const PATIENCE = 24_576;
const FOUND_WORTH = 4;
const REST = 65_536;

/**
 * `JSON.parse` that remembers thousands of its answers, for values that are never changed: the devices of a site have the
 * same tags, and seldom stand side by side. Where texts do not come again nothing is remembered.
 */
export class SharedValues<Value> {
  #younger = new Map<string, Value>();
  #elder = new Map<string, Value>();
  #patience = PATIENCE;
  /** How many are not looked up. */
  #resting = 0;

  of(text: string): Value {
    if (text.length > LENGTH_MAX || this.#isResting()) return JSON.parse(text) as Value;
    const known = this.#younger.get(text) ?? this.#elder.get(text);
    return known === undefined ? this.#parse(text) : this.#found(known);
  }

  #found(known: Value): Value {
    this.#patience = Math.min(PATIENCE, this.#patience + FOUND_WORTH);
    return known;
  }

  #parse(text: string): Value {
    const value = JSON.parse(text) as Value;
    this.#patience -= 1;
    if (this.#patience <= 0) this.#giveUp();
    // A copy: the text is a part of a row, which would be kept as a whole.
    else this.#younger.set(Buffer.from(text).toString(), value);
    if (this.#younger.size >= KEPT_MAX / 2) {
      this.#elder = this.#younger;
      this.#younger = new Map();
    }
    return value;
  }

  #giveUp(): void {
    this.#younger = new Map();
    this.#elder = new Map();
    this.#patience = PATIENCE;
    this.#resting = REST;
  }

  #isResting(): boolean {
    if (this.#resting === 0) return false;
    this.#resting -= 1;
    return true;
  }
}
