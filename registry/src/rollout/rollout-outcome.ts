import type { RolloutProgress } from '../record/rollout-progress.js';

/** A rollout after it was changed, and what else has to be done. */
export interface RolloutOutcome {
  readonly progress: RolloutProgress;
  readonly effect?: RolloutEffect | undefined;
}

/**
 * What has to be done besides storing the progress, in the same transaction. `rollback`: the content of `generation`
 * is written as the next one, to which the progress belongs already. The others are to be told only.
 */
export type RolloutEffect =
  | { readonly kind: 'completed' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'rollback'; readonly generation: number };
