import type { RolloutOutcome, RolloutProgress } from '@muster/registry';
import { type RolloutChange, transition } from './transition.js';

/**
 * The content of a generation becomes that of the new generation `next`. Every matching device gets it at once, and it
 * is stable. Without such a generation the content is withdrawn from every device.
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

/** Aborts by the policy: admitted devices keep the content, or every device returns to the stable generation. */
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
