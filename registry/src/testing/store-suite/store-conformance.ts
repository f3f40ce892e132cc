import { afterEach, describe, test } from 'vitest';
import { testCommits } from './store-commit-cases.js';
import type { StoreFixture } from './store-fixture.js';
import { testChangeLog } from './store-log-cases.js';
import { testReading } from './store-reading-cases.js';
import { testSurvival } from './store-survival-cases.js';
import { testUpdates } from './store-update-cases.js';

/** The suite that every store passes. Call it at the top level of a test file. */
export function runStoreTests(name: string, fixture: StoreFixture): void {
  describe(`the store ${name}`, () => {
    afterEach(() => fixture.destroy());
    const open = () => fixture.open();
    describe('updates', () => testUpdates(open));
    describe('reading', () => testReading(open));
    describe('commits', () => testCommits(open));
    describe('the change log', () => testChangeLog(open));
    describe('what survives', () => testSurvival(fixture, skip));
  });
}

function skip(what: string, reason: string): void {
  test.skip(`${what} (cannot: ${reason})`, () => {});
}
