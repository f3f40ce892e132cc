import type { RolloutPolicy } from '@muster/twin';
import type { RolloutProgress } from '../record/rollout-progress.js';
import type { RolloutAction, RolloutActionContext } from './rollout-action.js';
import type { RolloutOutcome } from './rollout-outcome.js';

/** The rules of rollouts: pure functions whose results the registry stores. */
export interface RolloutRules {
  /** Returns the progress after a write, undefined without a rollout. `at` is in milliseconds since 1970. */
  readonly put: (
    before: RolledConfiguration | undefined,
    written: WrittenConfiguration,
    change: { readonly by: string; readonly at: number },
  ) => RolloutProgress | undefined;
  /** Throws `conflict` if the action does not fit the state, `not-found` if the generation is not kept. */
  readonly act: (
    progress: RolloutProgress | undefined,
    action: RolloutAction,
    context: RolloutActionContext,
  ) => RolloutOutcome;
}

/** The stored members of a configuration that its rollout depends on. */
export interface RolledConfiguration {
  /** The newest generation. */
  readonly generation: number;
  readonly policy: RolloutPolicy | undefined;
  readonly progress: RolloutProgress | undefined;
}

/** A configuration after a write. */
export interface WrittenConfiguration {
  /** The generation after the write. */
  readonly generation: number;
  readonly policy: RolloutPolicy | undefined;
  readonly enabled: boolean;
  /** Whether condition, properties, priority and enforce stay the same. */
  readonly isSameContent: boolean;
}
