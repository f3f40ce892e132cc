/**
 * `JSON.stringify` that remembers its last answer, for values that are never changed: what many devices share is
 * written out once.
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
