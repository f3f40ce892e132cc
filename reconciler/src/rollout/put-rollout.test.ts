import type { RolledConfiguration, RolloutProgress, WrittenConfiguration } from '@muster/registry';
import { expect, test } from 'vitest';
import { policyOf, progressOf } from '../testing/index.js';
import { putRollout, stableGeneration } from './put-rollout.js';

const THREE = policyOf({ phases: [{ percent: 5, wait: '24h' }, { percent: 15, wait: '24h' }, { percent: 100 }] });
const change = { by: 'ann', at: 9 };

function before(progress: Partial<RolloutProgress> | undefined, part: Partial<RolledConfiguration> = {}) {
  return { generation: 2, policy: THREE, progress: progress && progressOf(progress), ...part };
}

function written(part: Partial<WrittenConfiguration> = {}): WrittenConfiguration {
  return { generation: 3, policy: THREE, enabled: true, isSameContent: false, ...part };
}

interface Case {
  readonly what: string;
  readonly before?: RolledConfiguration | undefined;
  readonly written?: Partial<WrittenConfiguration>;
  readonly becomes: Partial<RolloutProgress> | undefined;
}

const CASES: readonly Case[] = [
  { what: 'a first one comes from nothing', becomes: { key: 3, stable: undefined, state: 'waiting', phase: 0 } },
  { what: 'without a rollout there is none', written: { policy: undefined }, becomes: undefined },
  {
    what: 'without a rollout it ends',
    before: before({ phase: 1 }),
    written: { policy: undefined },
    becomes: undefined,
  },
  {
    what: 'it comes from a generation without a rollout',
    before: before(undefined, { policy: undefined }),
    becomes: { key: 3, stable: 2, state: 'waiting' },
  },
  { what: 'from one that completed', before: before({ state: 'complete' }), becomes: { key: 3, stable: 2 } },
  {
    what: 'from one that was rolled back to',
    before: before({ state: 'rolledBack', stable: undefined }),
    becomes: { key: 3, stable: 2 },
  },
  {
    what: 'not from one that was taken back',
    before: before({ state: 'rolledBack', stable: undefined, isWithdrawn: true }),
    becomes: { key: 3, stable: undefined, isWithdrawn: undefined },
  },
  {
    what: 'what was taken back begins anew with another rollout',
    before: before({ state: 'rolledBack', stable: undefined, isWithdrawn: true, phase: 1 }),
    written: { isSameContent: true, policy: policyOf({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] }) },
    becomes: { key: 3, stable: undefined, isWithdrawn: undefined, state: 'waiting', phase: 0 },
  },
  {
    what: 'other content during a rollout keeps the stable generation and begins anew',
    before: before({ phase: 1, reachedForMs: 7 }),
    becomes: { key: 3, stable: 1, state: 'waiting', phase: 0, reachedForMs: undefined },
  },
  {
    what: 'other content begins anew also after an abort',
    before: before({ state: 'aborted' }),
    becomes: { key: 3, stable: 1, state: 'waiting' },
  },
  {
    what: 'other content while it is paused begins anew, too',
    before: before({ state: 'paused' }),
    becomes: { key: 3, state: 'waiting' },
  },
  {
    what: 'what changes nothing of it leaves it alone',
    before: before({ phase: 1, reachedForMs: 7 }),
    written: { generation: 2, isSameContent: true },
    becomes: { key: 2, state: 'running', phase: 1, reachedForMs: 7, changedBy: 'muster' },
  },
  {
    what: 'another rollout of the same content goes on where it was',
    before: before({ phase: 1, reachedForMs: 7 }),
    written: { isSameContent: true, policy: policyOf({ phases: [{ percent: 15, wait: '1h' }, { percent: 100 }] }) },
    becomes: { key: 2, stable: 1, state: 'running', phase: 0, reachedForMs: 7 },
  },
  {
    what: 'paused it stays paused',
    before: before({ state: 'paused' }),
    written: { isSameContent: true, policy: policyOf() },
    becomes: { key: 2, state: 'paused' },
  },
  {
    what: 'aborted it goes on',
    before: before({ state: 'aborted', phase: 1 }),
    written: { isSameContent: true, policy: policyOf() },
    becomes: {
      key: 2,
      state: 'waiting',
      phase: 0,
      isJustResumed: true,
      reason: { code: 'rewritten', text: expect.any(String) },
    },
  },
  {
    what: 'aborted it stays so if nothing of the rollout changes',
    before: before({ state: 'aborted', phase: 1 }),
    written: { isSameContent: true, generation: 2 },
    becomes: { state: 'aborted' },
  },
  {
    what: 'complete it stays complete',
    before: before({ state: 'complete' }),
    written: { isSameContent: true, policy: policyOf() },
    becomes: { key: 2, state: 'complete' },
  },
  {
    what: 'a rollout of what everybody has is complete',
    before: before(undefined, { policy: undefined }),
    written: { isSameContent: true },
    becomes: { key: 3, state: 'complete' },
  },
  {
    what: 'to disable pauses',
    before: before({ phase: 1, reachedForMs: 7 }),
    written: { generation: 2, isSameContent: true, enabled: false },
    becomes: { state: 'paused', beforeDisabled: 'running', phase: 1, reachedForMs: 7 },
  },
  {
    what: 'to disable again changes nothing',
    before: before({ state: 'paused', beforeDisabled: 'running' }),
    written: { generation: 2, isSameContent: true, enabled: false },
    becomes: { state: 'paused', beforeDisabled: 'running', changedBy: 'muster' },
  },
  {
    what: 'to enable restores',
    before: before({ state: 'paused', beforeDisabled: 'running', reachedForMs: 7 }),
    written: { generation: 2, isSameContent: true },
    becomes: { state: 'running', beforeDisabled: undefined, reachedForMs: 7, isJustResumed: true },
  },
  {
    what: 'what was paused by hand stays so when it is enabled',
    before: before({ state: 'paused', beforeDisabled: 'paused' }),
    written: { generation: 2, isSameContent: true },
    becomes: { state: 'paused', beforeDisabled: undefined },
  },
  {
    what: 'what is complete is not paused',
    before: before({ state: 'complete' }),
    written: { generation: 2, isSameContent: true, enabled: false },
    becomes: { state: 'complete', beforeDisabled: undefined },
  },
  {
    what: 'what is written disabled begins when it is enabled',
    written: { enabled: false },
    becomes: { state: 'paused', beforeDisabled: 'waiting' },
  },
];

test.each(CASES)('$what', ({ before: stored, written: part, becomes }) => {
  const progress = putRollout(stored, written(part), change);
  expect(progress === undefined).toBe(becomes === undefined);
  for (const [name, value] of Object.entries(becomes ?? {})) {
    expect(progress?.[name as keyof RolloutProgress], name).toEqual(value);
  }
});

test('however often it is written, it begins with no more than the rate has saved up', () => {
  const policy = policyOf({ ratePerMinute: 600 });
  const first = putRollout(undefined, written({ policy }), change);
  const spent = first && { ...first, allowance: 0 };
  const second = putRollout({ generation: 3, policy, progress: spent }, written({ policy, generation: 4 }), change);
  expect(first?.allowance).toBeGreaterThan(0);
  expect(second?.allowance).toBe(0);
});

test.each<{ what: string; progress: Partial<RolloutProgress> | undefined; stable: number | undefined }>([
  { what: 'without a rollout', progress: undefined, stable: 2 },
  { what: 'during one', progress: {}, stable: 1 },
  { what: 'after it was aborted', progress: { state: 'aborted' }, stable: 1 },
  { what: 'during the first', progress: { stable: undefined }, stable: undefined },
  { what: 'once it is complete', progress: { state: 'complete' }, stable: 2 },
])('the stable generation $what', ({ progress, stable }) => {
  expect(stableGeneration(before(progress))).toBe(stable);
});
