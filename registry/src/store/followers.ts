import type { Cancel } from '@muster/twin';

/** Those who are woken when changes came to disk. One that throws keeps nobody asleep, the store least of all. */
export class Followers {
  readonly #wakes = new Set<() => void>();

  follow(wake: () => void): Cancel {
    const own = () => wake();
    this.#wakes.add(own);
    return () => this.#wakes.delete(own);
  }

  /** Each in a task of its own: what one throws is a bug, and ends the process as any other. */
  wake(): void {
    for (const wake of this.#wakes) queueMicrotask(() => this.#wakes.has(wake) && wake());
  }
}
