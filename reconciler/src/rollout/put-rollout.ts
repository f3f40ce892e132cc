import type { RolledConfiguration, RolloutProgress, WrittenConfiguration } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import { carryOverPhase } from './carry-over-phase.js';
import { fullAllowance } from './schedule/allowance.js';
import { isOver, type RolloutChange, transition } from './transition.js';

/**
 * The rollout of a configuration that was written. Undefined: every matching device gets the content at once.
 *
 * - New content starts a new rollout, from the generation that was stable before.
 * - If only the rollout changed, admissions stay and it continues at the corresponding phase. An aborted one continues
 *   too, unless too many failed by the new threshold as well. A paused one stays paused.
 * - A rollout that was rolled back completely starts again with a changed rollout.
 * - A rollout added to content that every matching device already has is complete.
 * - A disabled configuration is paused, and returns to its previous state once it is enabled.
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

/** The generation of devices that are not admitted to the next one: it completed, or had no rollout. */
export function stableGeneration({ generation, progress }: RolledConfiguration): number | undefined {
  if (progress === undefined) return generation;
  const { state, isWithdrawn, stable } = progress;
  const isStable = state === 'complete' || (state === 'rolledBack' && !isWithdrawn);
  return isStable ? generation : stable;
}

/** Keeps the state of the rate limiter, so that frequent writes do not admit more. */
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

/** Policies with the same meaning have the same text. */
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
