/**
 * How far the rollout of one configuration has come, stored beside the configuration; plain values. Times are
 * milliseconds since 1970, durations are elapsed time, which no change of the clock touches.
 */
export interface RolloutProgress {
  /** The generation whose content is being admitted. Where only the rollout was rewritten since, it is not the newest. */
  readonly key: number;
  /** The generation that those have who are not admitted; left away: there is none, and they have nothing. */
  readonly stable?: number | undefined;
  readonly state: RolloutState;
  readonly reason: RolloutReason;
  /** Who took it to this state: an operator, or `muster`. */
  readonly changedBy: string;
  readonly changedAt: number;
  /** The place of the current phase in the policy, from 0. */
  readonly phase: number;
  /** How long the target of the current phase has been reached; left away until it is. */
  readonly reachedForMs?: number | undefined;
  /** What may be admitted at once because of the rate: 3,600,000 for each device. */
  readonly allowance: number;
  /** The time before it was resumed does not count, so neither does the first stretch that is measured after it. */
  readonly isJustResumed?: true | undefined;
  /** The state to which it returns when the configuration is enabled again. */
  readonly beforeDisabled?: 'waiting' | 'running' | 'paused' | undefined;
  /** It was rolled back and there was no stable generation: nobody has it any more. */
  readonly isWithdrawn?: true | undefined;
}

/**
 * `waiting`: nobody was admitted yet. `running`, `paused`: it goes on, or stands still. `aborted`: who is admitted has
 * it, nobody else gets it. `rolledBack`: its content is that of an earlier generation, and everybody's who matches.
 * `complete`: it is everybody's who matches, but for those with whom it failed.
 */
export type RolloutState = 'waiting' | 'running' | 'paused' | 'aborted' | 'rolledBack' | 'complete';

export interface RolloutReason {
  readonly code: RolloutReasonCode;
  /** For operators. */
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
