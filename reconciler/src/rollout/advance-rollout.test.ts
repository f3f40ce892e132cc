import type { RolloutProgress } from '@muster/registry';
import type { JsonObject } from '@muster/twin';
import { expect, test } from 'vitest';
import { policyOf, progressOf } from '../testing/index.js';
import { advanceRollout, type RolloutFacts, restoreRollout, spendAdmissions } from './advance-rollout.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2027, 0, 6, 12);

function facts(part: Partial<RolloutFacts> = {}): RolloutFacts {
  return { generation: 2, matching: 100, admitted: 0, granted: 0, applied: 0, failed: 0, ...part };
}

const THREE: JsonObject = {
  phases: [{ percent: 5, wait: '24h' }, { percent: 15, wait: '24h' }, { percent: 100 }],
  abort: { failedPercent: 2, minimum: 10 },
};

interface Case {
  readonly what: string;
  readonly rollout?: JsonObject;
  readonly progress?: Partial<RolloutProgress>;
  readonly facts?: Partial<RolloutFacts>;
  readonly elapsedMs?: number;
  readonly admit?: number;
  readonly becomes?: Partial<RolloutProgress>;
  readonly waitsFor?: string;
  readonly nextInMs?: number;
  readonly effect?: object;
}

const CASES: readonly Case[] = [
  { what: 'without phases everybody is admitted at once', admit: 100, becomes: { state: 'running' } },
  { what: 'who begins is running', progress: { state: 'waiting' }, admit: 100, becomes: { state: 'running' } },
  { what: 'the first phase admits its share, rounded up', rollout: THREE, facts: { matching: 101 }, admit: 6 },
  { what: 'what is missing of it is admitted later', rollout: THREE, facts: { admitted: 3 }, admit: 2 },
  { what: 'those whose turn it is are not admitted twice', rollout: THREE, facts: { granted: 3 }, admit: 2 },
  {
    what: 'no phase is reached before the admissions are written',
    rollout: { phases: [{ percent: 100 }] },
    facts: { admitted: 90, granted: 10 },
  },
  {
    what: 'with its target its wait begins',
    rollout: THREE,
    facts: { admitted: 5 },
    elapsedMs: HOUR,
    becomes: { phase: 0, reachedForMs: 0 },
    waitsFor: 'phase',
    nextInMs: 24 * HOUR,
  },
  {
    what: 'the wait goes on by elapsed time',
    rollout: THREE,
    progress: { reachedForMs: HOUR },
    facts: { admitted: 5 },
    elapsedMs: 2 * HOUR,
    becomes: { phase: 0, reachedForMs: 3 * HOUR },
    waitsFor: 'phase',
    nextInMs: 21 * HOUR,
  },
  {
    what: 'late joiners are admitted during the wait, which goes on',
    rollout: THREE,
    progress: { reachedForMs: HOUR },
    facts: { matching: 200, admitted: 5 },
    elapsedMs: HOUR,
    admit: 5,
    becomes: { phase: 0, reachedForMs: 2 * HOUR },
    nextInMs: 22 * HOUR,
  },
  {
    what: 'after the wait the next phase opens',
    rollout: THREE,
    progress: { reachedForMs: 23 * HOUR },
    facts: { admitted: 5 },
    elapsedMs: HOUR,
    admit: 10,
    becomes: { phase: 1, reachedForMs: undefined, reason: { code: 'phase-opened', text: 'phase 2 of 3 opened: 15 %' } },
  },
  {
    what: 'fewer than the minimum do not hold a phase',
    rollout: THREE,
    progress: { reachedForMs: 24 * HOUR },
    facts: { admitted: 5, applied: 5, failed: 4 },
    admit: 10,
    becomes: { phase: 1 },
  },
  {
    what: 'phases that are reached already and have no wait are passed at once',
    rollout: { phases: [{ percent: 1 }, { percent: 2 }, { percent: 3 }, { percent: 100 }] },
    facts: { matching: 20, admitted: 1 },
    admit: 19,
    becomes: { phase: 3 },
  },
  {
    what: 'with the last phase it is complete',
    facts: { admitted: 100 },
    becomes: { state: 'complete', reachedForMs: undefined },
    waitsFor: 'over',
    effect: { kind: 'completed' },
  },
  {
    what: 'but not before the wait of that has passed',
    rollout: { phases: [{ percent: 100, wait: '1h' }] },
    facts: { admitted: 100 },
    becomes: { state: 'running', reachedForMs: 0 },
    waitsFor: 'phase',
    nextInMs: HOUR,
  },
  {
    what: 'as long as nobody matches no phase is reached',
    rollout: THREE,
    progress: { state: 'waiting' },
    facts: { matching: 0 },
    becomes: { state: 'waiting', phase: 0, reachedForMs: undefined },
    waitsFor: 'nobody-matches',
  },
  {
    what: 'a target that falls to what is admitted is reached',
    rollout: THREE,
    facts: { matching: 60, admitted: 4 },
    becomes: { reachedForMs: 0 },
    waitsFor: 'phase',
    nextInMs: 24 * HOUR,
  },
  {
    what: 'more failures than allowed abort it, and nobody is admitted any more',
    rollout: THREE,
    progress: { phase: 1 },
    facts: { admitted: 12, applied: 9, failed: 1 },
    becomes: { state: 'aborted', phase: 1 },
    waitsFor: 'over',
    effect: { kind: 'aborted' },
  },
  {
    what: 'as many as allowed do not',
    rollout: { ...THREE, abort: { failedPercent: 10, minimum: 10 } },
    progress: { phase: 1 },
    facts: { admitted: 10, applied: 9, failed: 1 },
    admit: 5,
    becomes: { state: 'running' },
  },
  {
    what: 'failures abort while a phase waits',
    rollout: THREE,
    progress: { reachedForMs: HOUR },
    facts: { admitted: 20, applied: 10, failed: 5 },
    becomes: { state: 'aborted' },
    waitsFor: 'over',
    effect: { kind: 'aborted' },
  },
  {
    what: 'failures abort while it is paused',
    rollout: THREE,
    progress: { state: 'paused' },
    facts: { admitted: 20, applied: 10, failed: 5 },
    becomes: { state: 'aborted' },
    waitsFor: 'over',
    effect: { kind: 'aborted' },
  },
  {
    what: 'failures in the moment in which it would complete abort it',
    rollout: { abort: { failedPercent: 0 } },
    facts: { admitted: 100, applied: 99, failed: 1 },
    becomes: { state: 'aborted' },
    waitsFor: 'over',
    effect: { kind: 'aborted' },
  },
  {
    what: 'on abort the stable generation may be written anew',
    rollout: { ...THREE, onAbort: 'rollback' },
    facts: { generation: 5, admitted: 20, applied: 10, failed: 5 },
    becomes: { state: 'rolledBack', key: 6, stable: undefined },
    waitsFor: 'over',
    effect: { kind: 'rollback', generation: 1 },
  },
  {
    what: 'where there is none, it is taken back',
    rollout: { ...THREE, onAbort: 'rollback' },
    progress: { stable: undefined },
    facts: { admitted: 20, applied: 10, failed: 5 },
    becomes: { state: 'rolledBack', key: 2, isWithdrawn: true },
    waitsFor: 'over',
    effect: { kind: 'withdrawn' },
  },
  {
    what: 'paused, nobody is admitted and waits stand still',
    rollout: THREE,
    progress: { state: 'paused', reachedForMs: HOUR },
    facts: { matching: 200, admitted: 5 },
    elapsedMs: 48 * HOUR,
    becomes: { state: 'paused', reachedForMs: HOUR },
    waitsFor: 'paused',
  },
  {
    what: 'what was measured before it was resumed does not count',
    rollout: THREE,
    progress: { state: 'waiting', reachedForMs: HOUR, isJustResumed: true },
    facts: { admitted: 5 },
    elapsedMs: 48 * HOUR,
    becomes: { state: 'running', reachedForMs: HOUR, isJustResumed: undefined },
    waitsFor: 'phase',
    nextInMs: 23 * HOUR,
  },
  {
    what: 'before its start nobody is admitted',
    rollout: { startAt: '2027-01-06T15:00:00Z' },
    progress: { state: 'waiting' },
    becomes: { state: 'waiting' },
    waitsFor: 'start',
    nextInMs: 3 * HOUR,
  },
  {
    what: 'neither outside of its window',
    rollout: { window: { from: '14:00', to: '16:00', timezone: 'Europe/Prague' } },
    progress: { state: 'waiting' },
    becomes: { state: 'waiting' },
    waitsFor: 'window',
    nextInMs: HOUR,
  },
  {
    what: 'in the window they are',
    rollout: { window: { from: '13:00', to: '16:00', timezone: 'Europe/Prague' } },
    admit: 100,
  },
  {
    what: 'a wait ends outside of the window, too',
    rollout: { ...THREE, window: { from: '14:00', to: '16:00', timezone: 'Europe/Prague' } },
    progress: { reachedForMs: 24 * HOUR },
    facts: { admitted: 5 },
    becomes: { phase: 1 },
    waitsFor: 'window',
    nextInMs: HOUR,
  },
  {
    what: 'the rate admits as many as it has saved up',
    rollout: { ratePerMinute: 600 },
    progress: { allowance: 4 * 3_600_000 },
    admit: 4,
    waitsFor: 'rate',
    nextInMs: 1_138,
  },
  {
    what: 'an aborted rollout stays as it is',
    rollout: THREE,
    progress: { state: 'aborted' },
    elapsedMs: 48 * HOUR,
    becomes: { state: 'aborted' },
    waitsFor: 'over',
  },
  { what: 'and so does one that is complete', progress: { state: 'complete' }, waitsFor: 'over' },
];

test.each(CASES)('$what', (one) => {
  const { rollout, progress, elapsedMs = 0, admit = 0, becomes = {}, waitsFor, nextInMs, effect } = one;
  const tick = { now: NOW, elapsedMs };
  const step = advanceRollout(progressOf(progress), policyOf(rollout), facts(one.facts), tick);
  expect(step.admit).toBe(admit);
  for (const [name, value] of Object.entries(becomes)) {
    expect(step.progress[name as keyof RolloutProgress], name).toEqual(value);
  }
  expect(step.waitsFor?.code).toBe(waitsFor);
  expect(step.nextAt).toBe(nextInMs === undefined ? undefined : NOW + nextInMs);
  expect(step.effect).toEqual(effect);
});

test('what it waits for is told in words', () => {
  const wordsOf = (rollout: JsonObject, admitted = 0) =>
    advanceRollout(progressOf(), policyOf(rollout), facts({ admitted }), { now: NOW, elapsedMs: 0 }).waitsFor?.text;
  expect(wordsOf({ startAt: '2027-01-06T15:00:00Z' })).toBe('starts at 2027-01-06T15:00:00.000Z');
  expect(wordsOf(THREE, 5)).toBe('phase 1 of 3 has its 5 % and waits for 1d');
  const stopped = advanceRollout(progressOf(), policyOf(THREE), facts({ admitted: 20, applied: 17, failed: 3 }), {
    now: NOW,
    elapsedMs: 0,
  });
  expect(stopped.progress.reason.text).toBe('3 of 20 that finished failed, which is more than 2 %');
});

test('a window in the zone of each device is left to whoever knows the devices', () => {
  const window = { from: '14:00', to: '16:00', timezone: 'device.tags.timezone' };
  const step = advanceRollout(progressOf(), policyOf({ window }), facts(), { now: NOW, elapsedMs: 0 });
  expect(step).toMatchObject({ admit: 100, byDeviceWindow: true });
});

test('it need not be stored that time has passed, but everything else', () => {
  const policy = policyOf(THREE);
  const tick = { now: NOW, elapsedMs: HOUR };
  const reached = advanceRollout(progressOf(), policy, facts({ admitted: 5 }), tick);
  expect(reached.mustStore).toBe(true);
  const later = advanceRollout(reached.progress, policy, facts({ admitted: 5 }), tick);
  expect(later.mustStore).toBe(false);
  expect(advanceRollout(later.progress, policy, facts({ admitted: 5, failed: 10 }), tick).mustStore).toBe(true);
});

test('what was spent of the rate is not spent twice, and a start begins with nothing saved up', () => {
  const policy = policyOf({ ratePerMinute: 600 });
  const tick = { now: NOW, elapsedMs: 1_000 };
  const step = advanceRollout(progressOf(), policy, facts(), tick);
  expect(step.admit).toBe(9);
  const spent = spendAdmissions(step.progress, policy, step.admit);
  expect(advanceRollout(spent, policy, facts(), { ...tick, elapsedMs: 0 }).admit).toBe(0);
  expect(advanceRollout(restoreRollout(step.progress), policy, facts(), { ...tick, elapsedMs: 0 }).admit).toBe(0);
});
