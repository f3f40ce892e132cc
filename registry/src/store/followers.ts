import type { Cancel } from '@muster/twin';

/** Those who are woken when changes came to disk. One that fails must not keep the others asleep. */
export class Followers {
  readonly #wakes = new Set<() => void>();

  follow(wake: () => void): Cancel {
    const own = () => wake();
    this.#wakes.add(own);
    return () => this.#wakes.delete(own);
  }

  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}
