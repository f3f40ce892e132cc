import type { RolledConfiguration, RolloutProgress, WrittenConfiguration } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import { carryOverPhase } from './carry-over-phase.js';
import { fullAllowance } from './schedule/allowance.js';
import { isOver, type RolloutChange, transition } from './transition.js';

/**
 * The rollout of a configuration that was written; undefined without one, which is everybody's at once.
 *
 * - Other content begins anew, with the generation that was stable before.
 * - Where only the rollout differs, who is admitted stays so, and it goes on at the phase that corresponds. An aborted
 *   one goes on too, unless too many failed by the new threshold as well; one that is paused stays paused.
 * - What was taken back altogether begins anew with another rollout.
 * - A rollout added to content that everybody has already is complete.
 * - What is disabled is paused, and is what it was before once it is enabled.
 */
export function putRollout(
  before: RolledConfiguration | undefined,
  written: WrittenConfiguration,
  { by, at }: Pick<RolloutChange, 'by' | 'at'>,
): RolloutProgress | undefined {
  const { policy } = written;
  if (policy === undefined) return undefined;
  const change = { by, at };
  const progress =
    before === undefined || !written.isSameContent
      ? begun(before, written.generation, policy, change)
      : kept(before, written.generation, policy, change);
  return switched(progress, written.enabled, change);
}

/** The generation that devices have who are not admitted to the next one: it completed, or had no rollout. */
export function stableGeneration({ generation, progress }: RolledConfiguration): number | undefined {
  if (progress === undefined) return generation;
  const { state, isWithdrawn, stable } = progress;
  const isStable = state === 'complete' || (state === 'rolledBack' && !isWithdrawn);
  return isStable ? generation : stable;
}

/** What was saved up of a rate is taken along, so that to write often does not admit more. */
function begun(
  before: RolledConfiguration | undefined,
  generation: number,
  { ratePerMinute }: RolloutPolicy,
  { by, at }: Pick<RolloutChange, 'by' | 'at'>,
): RolloutProgress {
  const stable = before && stableGeneration(before);
  const hadRate = before?.policy?.ratePerMinute !== undefined;
  return {
    key: generation,
    ...(stable === undefined ? {} : { stable }),
    state: 'waiting',
    reason: { code: 'written', text: `written by ${by}` },
    changedBy: by,
    changedAt: at,
    phase: 0,
    allowance: hadRate && before.progress ? before.progress.allowance : fullAllowance(ratePerMinute),
  };
}

function kept(
  before: RolledConfiguration,
  generation: number,
  policy: RolloutPolicy,
  { by, at }: Pick<RolloutChange, 'by' | 'at'>,
): RolloutProgress {
  const { policy: old, progress } = before;
  if (progress === undefined) {
    const reason = { code: 'nothing-to-roll-out', text: 'everybody who matches had it before' } as const;
    return {
      key: generation,
      state: 'complete',
      reason,
      changedBy: by,
      changedAt: at,
      phase: lastOf(policy),
      allowance: 0,
    };
  }
  const { state } = progress;
  if (old === undefined || isSamePolicy(old, policy)) return progress;
  if (progress.isWithdrawn) return begun(before, generation, policy, { by, at });
  if (state === 'rolledBack') return progress;
  if (state === 'complete') return { ...progress, phase: lastOf(policy) };
  const carried = { ...progress, ...carryOverPhase(progress, old, policy) };
  if (state !== 'aborted') return carried;
  const text = `its rollout was written anew by ${by}`;
  return { ...transition(carried, 'waiting', { code: 'rewritten', text, by, at }), isJustResumed: true };
}

function lastOf({ phases }: RolloutPolicy): number {
  return phases.length - 1;
}

/** Policies that mean the same have the same text. */
function isSamePolicy(left: RolloutPolicy, right: RolloutPolicy): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function switched(
  progress: RolloutProgress,
  enabled: boolean,
  { by, at }: Pick<RolloutChange, 'by' | 'at'>,
): RolloutProgress {
  const { state, beforeDisabled, ...rest } = progress;
  if (enabled && beforeDisabled !== undefined) {
    const restored = transition({ ...rest, state }, beforeDisabled, {
      code: 'enabled',
      text: `the configuration was enabled by ${by}`,
      by,
      at,
    });
    return { ...restored, isJustResumed: true };
  }
  if (enabled || isOver(state) || beforeDisabled !== undefined) return progress;
  const change = { code: 'disabled', text: `the configuration was disabled by ${by}`, by, at } as const;
  return { ...transition(progress, 'paused', change), beforeDisabled: state };
}
