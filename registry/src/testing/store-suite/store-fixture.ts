import type { Store } from '../../index.js';

/** What the suite needs of a store. A store declares what it cannot do, with a reason. */
export interface StoreFixture {
  /** Opens an empty store that shares nothing with others. */
  open(): Promise<Store>;
  /** Closes the store and opens it again. */
  readonly reopen: ((store: Store) => Promise<Store>) | { readonly cannot: string };
  /** Kills a process while it writes, several times in the same folder, and opens the store there. */
  readonly crash: ((times: number) => Promise<Crashed>) | { readonly cannot: string };
  /** Closes every open store and removes its files. */
  destroy(): Promise<void>;
}

/** `promised`: the highest number of each counter that was acknowledged. */
export interface Crashed {
  readonly store: Store;
  readonly promised: ReadonlyMap<string, number>;
}
