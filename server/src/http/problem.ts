import { STATUS_CODES } from 'node:http';
import { isTwinError, type Problem, TwinError, type TwinErrorCode } from '@muster/twin';

export const PROBLEM_TYPE = 'application/problem+json';

/** The one place where codes become statuses (PROTOCOL, HTTP API). */
export const STATUS_OF: Readonly<Record<TwinErrorCode, number>> = {
  'bad-request': 400,
  'bad-condition': 400,
  'bad-id': 400,
  malformed: 400,
  'too-large': 400,
  'too-deep': 400,
  'too-many-keys': 400,
  'bad-number': 400,
  'bad-key': 400,
  'unknown-version': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'rate-limited': 429,
  unavailable: 503,
};

/** What a body with documents in it may be refused with. */
export const BODY_FAULTS = [
  'malformed',
  'too-large',
  'too-deep',
  'too-many-keys',
  'bad-number',
  'bad-key',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly TwinErrorCode[];

/** What a bug looks like from outside: nothing of its insides, only the id under which it was logged. */
export interface BugProblem {
  readonly type: string;
  readonly title: string;
  readonly status: 500;
  readonly code: 'internal';
  readonly detail: string;
}

/** An expected failure as RFC 9457 has it; what the error knows about the place comes along. */
export function problemOf({ code, message, details }: TwinError): Problem {
  const status = STATUS_OF[code];
  return {
    ...details,
    type: `urn:muster:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: message,
  };
}

export function bugProblem(errorId: string): BugProblem {
  return {
    type: 'urn:muster:problem:internal',
    title: 'Internal Server Error',
    status: 500,
    code: 'internal',
    detail: `this is a fault of the server; its log has it under ${errorId}`,
  };
}

/** Expected failures of the framework, in our words; undefined for a bug. */
export function expectedFailure(error: unknown): TwinError | undefined {
  if (isTwinError(error)) return error;
  switch ((error as { code?: unknown } | undefined)?.code) {
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new TwinError('bad-request', 'the path is not percent-encoded UTF-8, or has too long a part');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new TwinError('unsupported-media-type', 'the type of this body is not known here');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new TwinError('bad-request', 'the body is not as long as Content-Length says');
    default:
      return undefined;
  }
}
