import type { RolloutAction, RolloutActionContext, RolloutProgress, RolloutState } from '@muster/registry';
import { expect, test } from 'vitest';
import { policyOf, progressOf } from '../testing/index.js';
import { actOnRollout } from './act-on-rollout.js';

const context: RolloutActionContext = { by: 'ann', at: 9, generation: 4, kept: [4, 3, 2, 1], policy: policyOf() };

/** Of generation 3, whose rollout alone was written anew as 4. */
function progress(part: Partial<RolloutProgress> = {}): RolloutProgress {
  return progressOf({ key: 3, stable: 2, ...part });
}

const STATES: readonly RolloutState[] = ['waiting', 'running', 'paused', 'aborted', 'rolledBack', 'complete'];

test.each<{ action: RolloutAction['kind']; fits: readonly RolloutState[]; becomes: RolloutState }>([
  { action: 'pause', fits: ['waiting', 'running'], becomes: 'paused' },
  { action: 'resume', fits: ['paused'], becomes: 'waiting' },
  { action: 'abort', fits: ['waiting', 'running', 'paused'], becomes: 'aborted' },
  { action: 'promote', fits: ['waiting', 'running', 'paused', 'aborted'], becomes: 'complete' },
  { action: 'rollback', fits: ['waiting', 'running', 'paused', 'aborted', 'complete'], becomes: 'rolledBack' },
])('$action fits $fits', ({ action, fits, becomes }) => {
  for (const state of STATES) {
    const before = progress({ state, ...(state === 'rolledBack' ? { stable: undefined } : {}) });
    const act = () => actOnRollout(before, { kind: action }, context);
    if (!fits.includes(state)) {
      expect(act, state).toThrow(expect.objectContaining({ code: 'conflict' }));
      continue;
    }
    const { state: after, changedBy, changedAt, reason } = act().progress;
    expect({ after, changedBy, changedAt }).toEqual({ after: becomes, changedBy: 'ann', changedAt: 9 });
    expect(reason.text).toMatch(/ by ann$/);
  }
});

test.each([
  { what: 'pause', state: 'paused' as const, text: /is paused already: resume, abort, rollback or promote it/ },
  { what: 'resume', state: 'running' as const, text: /is running, not paused: pause, abort, rollback or promote it/ },
  { what: 'resume', state: 'aborted' as const, text: /is aborted, it is too late to resume: rollback or promote it/ },
  { what: 'promote', state: 'complete' as const, text: /is complete, it is too late to promote/ },
])('a refusal of $what says what it is and what fits', ({ what, state, text }) => {
  expect(() => actOnRollout(progress({ state }), { kind: what as 'pause' }, context)).toThrow(text);
});

test('the wait does not count what was measured before it is resumed', () => {
  const resumed = actOnRollout(progress({ state: 'paused', reachedForMs: 5 }), { kind: 'resume' }, context);
  expect(resumed.progress).toMatchObject({ isJustResumed: true, reachedForMs: 5 });
});

test('while the configuration is disabled it is neither paused nor resumed, but it can be ended', () => {
  const disabled = progress({ state: 'paused', beforeDisabled: 'running' });
  expect(() => actOnRollout(disabled, { kind: 'pause' }, context)).toThrow(/disabled/);
  expect(() => actOnRollout(disabled, { kind: 'resume' }, context)).toThrow(/enable it/);
  expect(actOnRollout(disabled, { kind: 'abort' }, context).progress).toMatchObject({ state: 'aborted' });
  expect(actOnRollout(disabled, { kind: 'abort' }, context).progress.beforeDisabled).toBeUndefined();
  expect(actOnRollout(disabled, { kind: 'promote' }, context).progress.beforeDisabled).toBeUndefined();
});

test('to abort follows the policy', () => {
  const policy = policyOf({ onAbort: 'rollback' });
  const outcome = actOnRollout(progress(), { kind: 'abort' }, { ...context, policy });
  expect(outcome).toMatchObject({
    progress: { state: 'rolledBack', key: 5, reason: { code: 'aborted-by-hand' } },
    effect: { kind: 'rollback', generation: 2 },
  });
});

test('a rollback writes the next generation, which is stable', () => {
  const outcome = actOnRollout(progress(), { kind: 'rollback', generation: 1 }, context);
  expect(outcome.effect).toEqual({ kind: 'rollback', generation: 1 });
  expect(outcome.progress).toMatchObject({ key: 5, state: 'rolledBack' });
});

test('a stable generation is returned to even if it is older than those that are kept', () => {
  const outcome = actOnRollout(progress(), { kind: 'rollback' }, { ...context, kept: [4, 3] });
  expect(outcome.effect).toEqual({ kind: 'rollback', generation: 2 });
});

test('where nothing was stable, a rollback takes the rollout back', () => {
  const outcome = actOnRollout(progress({ stable: undefined }), { kind: 'rollback' }, context);
  expect(outcome).toMatchObject({ progress: { key: 3, isWithdrawn: true }, effect: { kind: 'withdrawn' } });
});

test.each([
  { what: 'the current one', generation: 4, code: 'conflict' },
  { what: 'one with the same content', generation: 3, code: 'conflict' },
  { what: 'one that is not kept', generation: 9, code: 'not-found' },
])('it is not rolled back to $what', ({ generation, code }) => {
  const act = () => actOnRollout(progress(), { kind: 'rollback', generation }, context);
  expect(act).toThrow(expect.objectContaining({ code, message: expect.stringContaining('of 4, 3, 2, 1') }));
});

test('a configuration without a rollout can be rolled back only, and only to what is named', () => {
  const without = { ...context, policy: undefined };
  for (const kind of ['pause', 'resume', 'abort', 'promote', 'rollback'] as const) {
    expect(() => actOnRollout(undefined, { kind }, without)).toThrow(expect.objectContaining({ code: 'conflict' }));
  }
  const outcome = actOnRollout(undefined, { kind: 'rollback', generation: 3 }, without);
  expect(outcome).toMatchObject({ progress: { key: 5, state: 'rolledBack' }, effect: { generation: 3 } });
});
