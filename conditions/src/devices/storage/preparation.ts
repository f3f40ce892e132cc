/**
 * Work done in steps for a query that follows soon. Its results are kept until `release()`. Later queries get the same
 * results, more slowly. Results that are never released stay in memory until they change.
 */
export class Preparation implements Iterable<undefined> {
  readonly #begin: (keep: AddRelease) => Iterable<undefined>;
  #releases: (() => void)[] | undefined = [];

  constructor(begin: (keep: AddRelease) => Iterable<undefined>) {
    this.#begin = begin;
  }

  /** The steps. Ends after `release()`. */
  *[Symbol.iterator](): Generator<undefined, void, undefined> {
    for (const _ of this.#begin((release) => this.#keep(release))) {
      if (!this.#releases) return;
      yield;
    }
  }

  release(): void {
    const releases = this.#releases ?? [];
    this.#releases = undefined;
    for (const release of releases) release();
  }

  #keep(release: () => void): void {
    if (this.#releases) this.#releases.push(release);
    else release();
  }
}

/** Registers a function to be called on release. */
export type AddRelease = (release: () => void) => void;
