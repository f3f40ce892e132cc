import type { Cancel } from '@muster/twin';
import type { CommitListener, CommittedEntry } from './store.js';

/** Callbacks that run after changes reach the disk: readers of the log, and listeners that get every entry. */
export class Followers {
  readonly #wakes = new Set<() => void>();
  readonly #listeners = new Set<CommitListener>();

  follow(wake: () => void): Cancel {
    const own = () => wake();
    this.#wakes.add(own);
    return () => this.#wakes.delete(own);
  }

  onCommit(listener: CommitListener): Cancel {
    const own: CommitListener = (entries) => listener(entries);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  get isAnyListening(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls listeners at once. An error is a bug: it is thrown outside of the store, so that no writer fails. */
  tell(entries: readonly CommittedEntry[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(entries);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Wakes readers, each in its own microtask. An error is a bug and ends the process. */
  wake(): void {
    for (const wake of this.#wakes) queueMicrotask(() => this.#wakes.has(wake) && wake());
  }
}
