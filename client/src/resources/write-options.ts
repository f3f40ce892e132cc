export interface WriteOptions {
  /** The ETag that the resource must still have; else the write fails with `precondition-failed`. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}
