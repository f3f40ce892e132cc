/** The closed set of error codes. `problem.ts` has their HTTP statuses. */
export type TwinErrorCode =
  | 'bad-request'
  | 'bad-condition'
  | 'bad-id'
  | 'malformed'
  | 'too-large'
  | 'too-deep'
  | 'too-many-keys'
  | 'bad-number'
  | 'bad-key'
  | 'unknown-version'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'rate-limited'
  | 'unavailable';

/** Members of the problem beside code and detail, such as `position`, `length`, `hint` and `path`. */
type ErrorDetails = Readonly<Record<string, string | number>>;

/** An expected failure: a request that cannot be served. A bug is a plain error, and stops the work. */
export class TwinError extends Error {
  readonly code: TwinErrorCode;
  readonly details: ErrorDetails;

  constructor(code: TwinErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TwinError';
    this.code = code;
    this.details = details;
  }
}

export function isTwinError(error: unknown): error is TwinError {
  return error instanceof TwinError;
}

/** Returns an expected failure, and throws any other error. */
export function asTwinError(error: unknown): TwinError {
  if (isTwinError(error)) return error;
  throw error;
}

/** Ends an exhaustive switch: a missing case does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
