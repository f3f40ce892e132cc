import type { RolloutPolicy } from '@muster/twin';

/** What an operator does to a rollout. */
export type RolloutAction =
  | { readonly kind: 'pause' | 'resume' | 'abort' | 'promote' }
  /** Without a generation: to the stable one from which the rollout came. */
  | { readonly kind: 'rollback'; readonly generation?: number | undefined };

/** Who acts when (milliseconds since 1970), and what of the configuration matters. */
export interface RolloutActionContext {
  readonly by: string;
  readonly at: number;
  /** The newest generation. */
  readonly generation: number;
  /** Those whose content is still kept, in any order. */
  readonly kept: readonly number[];
  readonly policy: RolloutPolicy | undefined;
}
