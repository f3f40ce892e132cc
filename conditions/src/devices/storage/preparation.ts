/**
 * What is done step by step for a question that is to be asked soon. What it has collected is kept until `release`, whoever
 * else prepares or asks meanwhile; afterwards questions are answered all the same, in a longer time. What is never
 * released stays in memory until it changes.
 */
export class Preparation implements Iterable<undefined> {
  readonly #begin: (keep: AddRelease) => Iterable<undefined>;
  #releases: (() => void)[] | undefined = [];

  constructor(begin: (keep: AddRelease) => Iterable<undefined>) {
    this.#begin = begin;
  }

  /** The steps; there are no more once it is released. */
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

/** Takes over what is to be called when something is no longer kept. */
export type AddRelease = (release: () => void) => void;
