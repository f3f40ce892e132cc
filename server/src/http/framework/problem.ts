import { problemUri } from '@muster/api';
import { isTwinError, TwinError, type TwinErrorCode } from '@muster/twin';

export const PROBLEM_TYPE = 'application/problem+json';

/** Codes for bodies that contain documents. */
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

/** The answer to a bug. It shows no details, only the id under which the bug was logged. */
export interface BugProblem {
  readonly type: string;
  readonly title: string;
  readonly status: 500;
  readonly code: 'internal';
  readonly detail: string;
}

export function bugProblem(errorId: string): BugProblem {
  return {
    type: problemUri('internal'),
    title: 'Internal Server Error',
    status: 500,
    code: 'internal',
    detail: `internal error; the log of the server has it under ${errorId}`,
  };
}

/** The expected failure, also for errors of Fastify; undefined for a bug. */
export function expectedFailure(error: unknown): TwinError | undefined {
  if (isTwinError(error)) return error;
  switch ((error as { code?: unknown } | undefined)?.code) {
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new TwinError('bad-request', 'the path is not percent-encoded UTF-8, or a part of it is too long');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new TwinError('unsupported-media-type', 'unknown media type of the body');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new TwinError('bad-request', 'the length of the body differs from Content-Length');
    default:
      return undefined;
  }
}
