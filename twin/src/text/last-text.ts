/**
 * `JSON.stringify` that remembers its last result, for immutable values: a value that many devices share is
 * serialized once.
 */
export class LastText {
  #value: object | undefined;
  #text = '';

  of(value: object): string {
    if (value === this.#value) return this.#text;
    this.#text = JSON.stringify(value);
    this.#value = value;
    return this.#text;
  }
}
