import type { RolloutOutcome, RolloutProgress } from '@muster/registry';
import { type RolloutChange, transition } from './transition.js';

/**
 * The content of a generation becomes that of a new one, the `next`, which everybody has at once and which is stable.
 * Where there is none to return to, what was admitted is taken away from everybody: nobody had anything before.
 */
export function rollBack(
  progress: RolloutProgress | undefined,
  target: number | undefined,
  next: number,
  change: RolloutChange,
): RolloutOutcome {
  if (target === undefined && progress !== undefined) {
    const { beforeDisabled: _, ...rest } = transition(progress, 'rolledBack', change);
    return { progress: { ...rest, isWithdrawn: true }, effect: { kind: 'withdrawn' } };
  }
  if (target === undefined) throw new Error('a configuration without a rollout has nothing to take back');
  const { code, text, by, at } = change;
  return {
    progress: {
      key: next,
      state: 'rolledBack',
      reason: { code, text },
      changedBy: by,
      changedAt: at,
      phase: 0,
      allowance: 0,
    },
    effect: { kind: 'rollback', generation: target },
  };
}

/** What aborting means by the policy: who is admitted keeps it, or everybody returns to the stable generation. */
export function abortRollout(
  progress: RolloutProgress,
  onAbort: 'hold' | 'rollback',
  next: number,
  change: RolloutChange,
): RolloutOutcome {
  if (onAbort === 'rollback') return rollBack(progress, progress.stable, next, change);
  const { beforeDisabled: _, ...rest } = transition(progress, 'aborted', change);
  return { progress: rest, effect: { kind: 'aborted' } };
}
