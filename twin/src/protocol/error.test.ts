import { expect, test } from 'vitest';
import { assertNever, asTwinError, isTwinError, TwinError } from './error.js';

test('an expected failure carries its code, details and cause', () => {
  const cause = new Error('deeper');
  const error = new TwinError('bad-condition', 'unknown word', { position: 3 }, { cause });
  expect(error).toMatchObject({ name: 'TwinError', code: 'bad-condition', message: 'unknown word', cause });
  expect(error.details).toEqual({ position: 3 });
  expect(isTwinError(error)).toBe(true);
  expect(asTwinError(error)).toBe(error);
});

test.each([new Error('a bug'), 'text', undefined, { name: 'TwinError', code: 'conflict' }])('%j is a bug', (bug) => {
  expect(isTwinError(bug)).toBe(false);
  let thrown: unknown = 'nothing';
  try {
    asTwinError(bug);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBe(bug);
});

test('names a missing case', () => {
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('unexpected value: {"kind":"new"}');
});
