import type { Cancel } from '@muster/twin';
import type { Awaitable, ChangePage, Store } from './store/store.js';

/** The log of the changes of all devices and configurations, in order. It is only read here: a verb adds its changes. */
export class ChangeLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Returns at most `limit` changes above `after`. */
  read(after: number, limit: number): Promise<ChangePage> {
    return this.#store.changes(after, limit);
  }

  /** Sequence of the newest change that is on disk, 0 if there is none. */
  head(): Awaitable<number> {
    return this.#store.head();
  }

  /** Calls `wake` after changes reach the disk. */
  follow(wake: () => void): Cancel {
    return this.#store.follow(wake);
  }
}
