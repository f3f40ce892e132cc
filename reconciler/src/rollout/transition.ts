import type { RolloutProgress, RolloutReasonCode, RolloutState } from '@muster/registry';

/** Why a rollout changes, which actor changed it, and when (milliseconds since 1970). */
export interface RolloutChange {
  readonly code: RolloutReasonCode;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

/** The actor of a change that a rollout makes by itself. */
export const MUSTER = 'muster';

/** The progress in a new state, with the reason. */
export function transition(
  progress: RolloutProgress,
  state: RolloutState,
  { code, text, by, at }: RolloutChange,
): RolloutProgress {
  return { ...progress, state, reason: { code, text }, changedBy: by, changedAt: at };
}

/** Whether the rollout is over: it admits no device and checks no threshold until an operator acts. */
export function isOver(state: RolloutState): state is 'aborted' | 'rolledBack' | 'complete' {
  return state === 'aborted' || state === 'rolledBack' || state === 'complete';
}
