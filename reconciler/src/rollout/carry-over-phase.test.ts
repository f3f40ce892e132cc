import { expect, test } from 'vitest';
import { policyOf, progressOf } from '../testing/index.js';
import { carryOverPhase } from './carry-over-phase.js';

interface Case {
  readonly what: string;
  readonly before: readonly number[];
  readonly phase: number;
  readonly isReached: boolean;
  readonly after: readonly number[];
  readonly next: number;
  readonly isStillReached: boolean;
}

const CASES: readonly Case[] = [
  {
    what: 'the same phases',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [5, 15, 100],
    next: 15,
    isStillReached: true,
  },
  {
    what: 'the same phases, not reached',
    before: [5, 15, 100],
    phase: 1,
    isReached: false,
    after: [5, 15, 100],
    next: 15,
    isStillReached: false,
  },
  {
    what: 'a phase more before',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [1, 5, 15, 100],
    next: 15,
    isStillReached: true,
  },
  {
    what: 'a phase more on the way',
    before: [5, 15, 100],
    phase: 1,
    isReached: false,
    after: [5, 10, 15, 100],
    next: 10,
    isStillReached: false,
  },
  {
    what: 'a phase more on the way, when past it',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [5, 10, 100],
    next: 10,
    isStillReached: true,
  },
  {
    what: 'a phase more behind',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [5, 15, 50, 100],
    next: 15,
    isStillReached: true,
  },
  {
    what: 'a higher percent instead',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [5, 20, 100],
    next: 20,
    isStillReached: false,
  },
  {
    what: 'a lower percent that was passed',
    before: [10, 20, 100],
    phase: 1,
    isReached: false,
    after: [5, 100],
    next: 100,
    isStillReached: false,
  },
  {
    what: 'no phases any more',
    before: [5, 15, 100],
    phase: 1,
    isReached: true,
    after: [100],
    next: 100,
    isStillReached: false,
  },
  {
    what: 'no phases any more, when all are admitted',
    before: [5, 100],
    phase: 1,
    isReached: true,
    after: [100],
    next: 100,
    isStillReached: true,
  },
  {
    what: 'phases where there were none',
    before: [100],
    phase: 0,
    isReached: false,
    after: [5, 100],
    next: 5,
    isStillReached: false,
  },
  {
    what: 'phases where all are admitted',
    before: [100],
    phase: 0,
    isReached: true,
    after: [5, 100],
    next: 100,
    isStillReached: true,
  },
];

test.each(CASES)('$what', ({ before, phase, isReached, after, next, isStillReached }) => {
  const policy = (percents: readonly number[]) => policyOf({ phases: percents.map((percent) => ({ percent })) });
  const progress = progressOf({ phase, reachedForMs: isReached ? 7 : undefined });
  const carried = carryOverPhase(progress, policy(before), policy(after));
  expect(after[carried.phase]).toBe(next);
  expect(carried.reachedForMs).toBe(isStillReached ? 7 : undefined);
});
