import type { Store } from '../../index.js';

/** What a store of some kind needs to be tested. What it cannot do it declares, with a reason. */
export interface StoreFixture {
  /** An empty store, apart from all that were opened before. */
  open(): Promise<Store>;
  /** Closes the store and opens what it left behind. */
  readonly reopen: ((store: Store) => Promise<Store>) | { readonly cannot: string };
  /** Kills a process in the midst of writing, and opens what it left behind; more than once in the same place. */
  readonly crash: ((times: number) => Promise<Crashed>) | { readonly cannot: string };
  /** Closes every store that was opened, and removes what they left behind. */
  destroy(): Promise<void>;
}

/** `promised`: for every counter the highest number that was said to be on disk. */
export interface Crashed {
  readonly store: Store;
  readonly promised: ReadonlyMap<string, number>;
}
