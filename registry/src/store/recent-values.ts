/** Values kept, so that devices of several kinds in turn each share with their own kind. */
const KEPT = 8;

/** `JSON.parse` that keeps its last results, for immutable values: an equal text gives the same object. */
export class RecentValues<Value> {
  readonly #texts: string[] = [];
  readonly #values: Value[] = [];
  #next = 0;

  of(text: string): Value {
    const known = this.#texts.indexOf(text);
    if (known >= 0) return this.#values[known] as Value;
    const value = JSON.parse(text) as Value;
    this.#texts[this.#next] = text;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
    return value;
  }
}
