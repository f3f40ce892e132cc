import { TwinError, type TwinErrorCode } from '@muster/twin';
import { expect, test } from 'vitest';
import { problemOf } from './problem.js';

test.each<[TwinErrorCode, number]>([
  ['bad-condition', 400],
  ['too-large', 400],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['not-found', 404],
  ['method-not-allowed', 405],
  ['conflict', 409],
  ['precondition-failed', 412],
  ['body-too-large', 413],
  ['unsupported-media-type', 415],
  ['rate-limited', 429],
  ['unavailable', 503],
])('%s is answered with %i', (code, status) => {
  const problem = problemOf(new TwinError(code, 'what is wrong'));
  expect(problem).toMatchObject({ type: `urn:muster:problem:${code}`, status, code, detail: 'what is wrong' });
});

test('details travel beside code and detail', () => {
  const error = new TwinError('bad-condition', 'unknown word', { position: 3, length: 4, hint: 'AND' });
  expect(problemOf(error)).toMatchObject({ position: 3, length: 4, hint: 'AND' });
});

test('details never stand in for what every problem has', () => {
  const details = { type: 'x', title: 'x', status: 200, code: 'x', detail: 'x' };
  expect(problemOf(new TwinError('conflict', 'taken', details))).toEqual({
    type: 'urn:muster:problem:conflict',
    title: 'Conflict',
    status: 409,
    code: 'conflict',
    detail: 'taken',
  });
});
