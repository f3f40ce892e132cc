import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Flaps, nextFlaps } from './flap-damping.js';

const BOUND = { changesMax: 2, withinMs: 100 };

/** Follows a match through the given moments; returns where the device is after each. */
function follow(matches: readonly (readonly [atMs: number, wouldBeIn: boolean])[], bound = BOUND) {
  let isIn = false;
  let flaps: Flaps | undefined;
  return matches.map(([atMs, wouldBeIn]) => {
    flaps = nextFlaps(flaps, { isIn, wouldBeIn }, bound, atMs);
    isIn = flaps?.suppression ? isIn : wouldBeIn;
    return `${isIn ? 'in' : 'out'}${flaps?.suppression ? ' held' : ''}`;
  });
}

describe('a device', () => {
  test.each<[what: string, matches: [number, boolean][], expected: string[]]>([
    [
      'follows its match',
      [
        [0, true],
        [1, false],
        [2, false],
      ],
      ['in', 'out', 'out'],
    ],
    [
      'is held at one change too many',
      [
        [0, true],
        [1, false],
        [2, true],
        [3, false],
      ],
      ['in', 'out', 'out held', 'out held'],
    ],
    [
      'is not held when it changes slowly',
      [
        [0, true],
        [60, false],
        [120, true],
        [180, false],
      ],
      ['in', 'out', 'in', 'out'],
    ],
    [
      'is held until its match is quiet',
      [
        [0, true],
        [1, false],
        [2, true],
        [50, false],
        [149, false],
        [150, false],
      ],
      ['in', 'out', 'out held', 'out held', 'out held', 'out'],
    ],
    [
      'follows its match when it is released',
      [
        [0, true],
        [1, false],
        [2, true],
        [101, true],
        [102, true],
      ],
      ['in', 'out', 'out held', 'out held', 'in'],
    ],
    [
      'is held again only after the same number of changes',
      [
        [0, true],
        [1, false],
        [2, true],
        [102, true],
        [103, false],
        [104, true],
      ],
      ['in', 'out', 'out held', 'in', 'out', 'out held'],
    ],
    [
      'is released even if its match changes at that moment',
      [
        [0, true],
        [1, false],
        [2, true],
        [102, false],
      ],
      ['in', 'out', 'out held', 'out'],
    ],
  ])('%s', (_, matches, expected) => {
    expect(follow(matches)).toEqual(expected);
  });

  test('is held where it is', () => {
    const held = nextFlaps({ changedAtMs: [0, 1] }, { isIn: true, wouldBeIn: false }, BOUND, 2);
    expect(held?.suppression).toEqual({ isIn: true, wouldBeIn: false, quietSinceMs: 2 });
  });
});

const bounds = fc.record({ changesMax: fc.integer({ min: 1, max: 5 }), withinMs: fc.integer({ min: 1, max: 60 }) });
const steps = fc.array(fc.tuple(fc.nat(30), fc.boolean()), { maxLength: 60 });

test('no interval has more changes than the bound, and no more are remembered', () => {
  fc.assert(
    fc.property(bounds, steps, (bound, story) => {
      let [nowMs, isIn] = [0, false];
      let flaps: Flaps | undefined;
      let changes: number[] = [];
      for (const [laterMs, wouldBeIn] of story) {
        nowMs += laterMs;
        flaps = nextFlaps(flaps, { isIn, wouldBeIn }, bound, nowMs);
        expect(flaps?.changedAtMs.length ?? 0).toBeLessThanOrEqual(bound.changesMax);
        expect(nextFlaps(flaps, { isIn: flaps?.suppression ? isIn : wouldBeIn, wouldBeIn }, bound, nowMs)).toEqual(
          flaps,
        );
        if (!flaps?.suppression && isIn !== wouldBeIn) changes = [...changes, nowMs];
        if (!flaps?.suppression) isIn = wouldBeIn;
        const end = nowMs;
        expect(changes.filter((atMs) => end - atMs < bound.withinMs).length).toBeLessThanOrEqual(bound.changesMax);
      }
    }),
    { numRuns: 500 },
  );
});

test('a match that stays is followed in the end', () => {
  fc.assert(
    fc.property(bounds, steps, fc.boolean(), (bound, story, last) => {
      let [nowMs, isIn] = [0, false];
      let flaps: Flaps | undefined;
      const step = (wouldBeIn: boolean): void => {
        flaps = nextFlaps(flaps, { isIn, wouldBeIn }, bound, nowMs);
        if (!flaps?.suppression) isIn = wouldBeIn;
      };
      for (const [laterMs, wouldBeIn] of story) {
        nowMs += laterMs;
        step(wouldBeIn);
      }
      step(last);
      nowMs += bound.withinMs;
      step(last);
      expect(isIn).toBe(last);
      nowMs += bound.withinMs;
      step(last);
      expect(flaps).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
