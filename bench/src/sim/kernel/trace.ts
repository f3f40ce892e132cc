const KEPT = 400;

/** The history of a run, one line per event, and a hash over all of it. */
export class Trace {
  #hash = 0x811c9dc5;
  #lines: string[] = [];
  #length = 0;

  add(line: string): void {
    for (let index = 0; index < line.length; index += 1) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(index), 0x01000193) >>> 0;
    }
    this.#length += 1;
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT) this.#lines = this.#lines.slice(-KEPT);
  }

  get hash(): string {
    return `${this.#length}-${this.#hash.toString(16).padStart(8, '0')}`;
  }

  newest(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }
}
