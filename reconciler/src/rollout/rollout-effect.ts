/**
 * What has to be done besides storing the progress, in the same transaction. `rollback`: the content of `generation`
 * is written as the next one, to which the progress belongs already. The others are to be told only.
 */
export type RolloutEffect =
  | { readonly kind: 'completed' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'rollback'; readonly generation: number };
