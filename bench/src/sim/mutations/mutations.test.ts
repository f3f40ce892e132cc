import { expect, test } from 'vitest';
import { optionsOf } from '../kernel/options.js';
import { simulate } from '../simulate.js';
import { MUTATIONS } from './mutations.js';

const SEEDS_MAX = 60;

/** Every deliberate fault, and the invariants, one of which must report it. */
const CAUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  'acknowledge-early': ['S1'],
  'lose-wake-ups': ['S4', 'S20', 'L1'],
  'reuse-versions': ['S3'],
  'write-back-stale': ['S1', 'S3', 'S19'],
  'tie-by-id': ['S4'],
  'wrong-base': ['S3 S17'],
  'drop-null': ['S3 S17'],
  'send-twice': ['S3 S17'],
  misdirect: ['S12', 'S3 S17'],
  'acknowledge-newest': ['S1'],
  'never-accept': ['L1', 'L2'],
  babble: ['S3 S17', 'S18'],
  'hide-deletions': ['S4', 'S10'],
  'blind-index': ['S4', 'S20'],
  'deaf-to-aborts': ['S6 S7', 'S8 S11', 'S20'],
  'open-wide': ['S6 S7', 'S20'],
  'rush-phases': ['S8 S11', 'S20'],
  'ignore-rate': ['S8'],
  'forget-attempts': ['S9'],
  oversleep: ['S9'],
  'keep-what-failed': ['S9'],
};

test('every deliberate fault is in the table', () => {
  expect(Object.keys(CAUGHT_BY).sort()).toEqual(Object.keys(MUTATIONS).sort());
});

test.each(Object.entries(CAUGHT_BY))(
  '%s is caught',
  async (name, invariants) => {
    const mutation = MUTATIONS[name] ?? {};
    let checker: string | undefined;
    for (let seed = 1; seed <= SEEDS_MAX && checker === undefined; seed += 1) {
      checker = (await simulate({ options: optionsOf(seed, 100), mutation })).failure?.checker;
    }
    expect(
      invariants.some((invariant) => checker?.startsWith(invariant)),
      checker,
    ).toBe(true);
  },
  60_000,
);
