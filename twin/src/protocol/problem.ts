import type { TwinErrorCode } from './error.js';

/**
 * The HTTP status and the title of every code. HTTP, `…/set/rejected`, the OpenAPI document and the client all use
 * this table.
 */
export const PROBLEMS: Readonly<Record<TwinErrorCode, { readonly status: number; readonly title: string }>> = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  'bad-condition': { status: 400, title: 'Not a condition' },
  'bad-id': { status: 400, title: 'Not an id' },
  malformed: { status: 400, title: 'Malformed' },
  'too-large': { status: 400, title: 'Too large' },
  'too-deep': { status: 400, title: 'Nested too deep' },
  'too-many-keys': { status: 400, title: 'Too many keys' },
  'bad-number': { status: 400, title: 'A number that would not survive' },
  'bad-key': { status: 400, title: 'Not a key' },
  'unknown-version': { status: 400, title: 'No such version' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  'precondition-failed': { status: 412, title: 'Changed meanwhile' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Unavailable for the moment' },
};

/** Whether this version has the code; a newer server may have others. */
export function isTwinErrorCode(code: unknown): code is TwinErrorCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
}
