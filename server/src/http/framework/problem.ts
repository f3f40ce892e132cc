import { problemUri } from '@muster/api';
import { isTwinError, TwinError, type TwinErrorCode } from '@muster/twin';

export const PROBLEM_TYPE = 'application/problem+json';

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

export function bugProblem(errorId: string): BugProblem {
  return {
    type: problemUri('internal'),
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
