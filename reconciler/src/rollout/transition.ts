import type { RolloutProgress, RolloutReasonCode, RolloutState } from '@muster/registry';

/** Why a rollout changes, on whose word and when (milliseconds since 1970). */
export interface RolloutChange {
  readonly code: RolloutReasonCode;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

/** Who changes a rollout that changes by itself. */
export const MUSTER = 'muster';

/** The progress in a state, and how it came to it. */
export function transition(
  progress: RolloutProgress,
  state: RolloutState,
  { code, text, by, at }: RolloutChange,
): RolloutProgress {
  return { ...progress, state, reason: { code, text }, changedBy: by, changedAt: at };
}

/** Whether it is neither admitted nor judged any more, unless somebody acts. */
export function isOver(state: RolloutState): state is 'aborted' | 'rolledBack' | 'complete' {
  return state === 'aborted' || state === 'rolledBack' || state === 'complete';
}
