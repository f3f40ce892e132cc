import type { RolloutPolicy } from '@muster/twin';

/** An action of an operator on a rollout. */
export type RolloutAction =
  | { readonly kind: 'pause' | 'resume' | 'abort' | 'promote' }
  /** Without a generation: back to the stable one. */
  | { readonly kind: 'rollback'; readonly generation?: number | undefined };

/** The actor and time of an action (milliseconds since 1970), and the members of the configuration that it depends on. */
export interface RolloutActionContext {
  readonly by: string;
  readonly at: number;
  /** The newest generation. */
  readonly generation: number;
  /** The generations whose content is kept, in any order. */
  readonly kept: readonly number[];
  readonly policy: RolloutPolicy | undefined;
}
