/** The closed set of codes that a caller may see. `problem.ts` knows their HTTP statuses. */
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

/** Members that travel with the problem beside code and detail, such as `position`, `length`, `hint`, `path`. */
type ErrorDetails = Readonly<Record<string, string | number>>;

/** An expected failure: somebody asked for what cannot be. Bugs are plain errors and stop the work. */
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

/** The expected failure, or the bug thrown on. */
export function asTwinError(error: unknown): TwinError {
  if (isTwinError(error)) return error;
  throw error;
}

/** Ends an exhaustive switch: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
