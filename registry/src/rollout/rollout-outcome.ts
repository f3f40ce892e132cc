import type { RolloutProgress } from '../record/rollout-progress.js';

/** The progress after a step, and its effect. */
export interface RolloutOutcome {
  readonly progress: RolloutProgress;
  readonly effect?: RolloutEffect | undefined;
}

/**
 * What is stored with the progress, in the same transaction. `rollback`: the content of `generation` is written as the
 * next generation, which the progress already names. The others only add an event.
 */
export type RolloutEffect =
  | { readonly kind: 'completed' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'rollback'; readonly generation: number };
