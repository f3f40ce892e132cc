/**
 * The progress of a rollout, stored with its configuration as plain values. Times are milliseconds since 1970; durations
 * are elapsed time, which does not depend on the wall clock.
 */
export interface RolloutProgress {
  /** The generation that is rolled out. It is not the newest if only the rollout was edited since. */
  readonly key: number;
  /** The generation of devices that are not admitted; absent: they have none. */
  readonly stable?: number | undefined;
  readonly state: RolloutState;
  readonly reason: RolloutReason;
  /** The actor that caused this state: an operator, or `muster`. */
  readonly changedBy: string;
  readonly changedAt: number;
  /** Index of the current phase, from 0. */
  readonly phase: number;
  /** Time since the target of the current phase was reached; absent before. */
  readonly reachedForMs?: number | undefined;
  /** The tokens of the rate limiter: 3,600,000 admit one device. */
  readonly allowance: number;
  /** The rollout was just resumed: the first interval that is measured does not count. */
  readonly isJustResumed?: true | undefined;
  /** The state that it returns to when the configuration is enabled again. */
  readonly beforeDisabled?: 'waiting' | 'running' | 'paused' | undefined;
  /** It was rolled back without a stable generation: no device has the configuration. */
  readonly isWithdrawn?: true | undefined;
}

/**
 * `waiting`: no device is admitted yet. `running` and `paused`: in progress, or stopped for now. `aborted`: admitted
 * devices keep it, no other device gets it. `rolledBack`: every matching device gets the content of an earlier generation.
 * `complete`: every matching device has it, except those on which it failed.
 */
export type RolloutState = 'waiting' | 'running' | 'paused' | 'aborted' | 'rolledBack' | 'complete';

export interface RolloutReason {
  readonly code: RolloutReasonCode;
  /** A text for operators. */
  readonly text: string;
}

export type RolloutReasonCode =
  | 'written'
  | 'rewritten'
  | 'nothing-to-roll-out'
  | 'begun'
  | 'phase-opened'
  | 'all-admitted'
  | 'too-many-failures'
  | 'disabled'
  | 'enabled'
  | 'paused-by-hand'
  | 'resumed-by-hand'
  | 'aborted-by-hand'
  | 'rolled-back-by-hand'
  | 'promoted-by-hand';
