import type { RolloutPolicy } from '@muster/twin';
import type { RolloutProgress } from '../record/rollout-progress.js';
import type { RolloutAction, RolloutActionContext } from './rollout-action.js';
import type { RolloutOutcome } from './rollout-outcome.js';

/** Decides what becomes of a rollout; pure functions, which the registry is given and stores the results of. */
export interface RolloutRules {
  /** The rollout of a configuration that was written, and `at` is in milliseconds since 1970; undefined without one. */
  readonly put: (
    before: RolledConfiguration | undefined,
    written: WrittenConfiguration,
    change: { readonly by: string; readonly at: number },
  ) => RolloutProgress | undefined;
  /** Throws `conflict` for what does not fit the state, `not-found` for a generation that is not kept. */
  readonly act: (
    progress: RolloutProgress | undefined,
    action: RolloutAction,
    context: RolloutActionContext,
  ) => RolloutOutcome;
}

/** What of a configuration matters to its rollout, as it is stored. */
export interface RolledConfiguration {
  /** The newest generation. */
  readonly generation: number;
  readonly policy: RolloutPolicy | undefined;
  readonly progress: RolloutProgress | undefined;
}

/** A configuration as it was written anew. */
export interface WrittenConfiguration {
  /** The one it becomes. */
  readonly generation: number;
  readonly policy: RolloutPolicy | undefined;
  readonly enabled: boolean;
  /** Whether condition, properties, priority and enforce are as before. */
  readonly isSameContent: boolean;
}
