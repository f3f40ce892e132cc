import { afterEach, describe, test } from 'vitest';
import type { Store } from '../index.js';
import { testChangeLog } from './store-log-cases.js';
import { testReading } from './store-reading-cases.js';
import { testSurvival } from './store-survival-cases.js';
import { testUpdates } from './store-update-cases.js';

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

/** The suite that every store passes. To be called at the top of a test file. */
export function runStoreTests(name: string, fixture: StoreFixture): void {
  describe(`the store ${name}`, () => {
    afterEach(() => fixture.destroy());
    const open = () => fixture.open();
    describe('updates', () => testUpdates(open));
    describe('reading', () => testReading(open));
    describe('the change log', () => testChangeLog(open));
    describe('what survives', () => testSurvival(fixture, skip));
  });
}

function skip(what: string, reason: string): void {
  test.skip(`${what} (cannot: ${reason})`, () => {});
}
