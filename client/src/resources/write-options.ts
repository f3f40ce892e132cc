export interface WriteOptions {
  /** Fails with `precondition-failed` unless the resource still has this ETag. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}
