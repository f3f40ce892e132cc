import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { LIMITS } from '../protocol/limit.js';
import { parseReport, reportId } from './report.js';

const idLongest = 'é'.repeat(LIMITS.reportIdBytesMax / 2);

describe('reportId', () => {
  test.each<[string, JsonObject, string | undefined]>([
    ['a text', { id: 'x' }, 'x'],
    ['the longest text', { id: idLongest }, idLongest],
    ['a text one byte longer', { id: `${idLongest}x` }, undefined],
    ['no text', { id: 7 }, undefined],
    ['nothing', {}, undefined],
    ['a text beside an invalid member', { id: 'x', applied: 'y' }, 'x'],
  ])('%s', (_, message, expected) => {
    expect(reportId(message)).toBe(expected);
  });
});

describe('an error text', () => {
  const error = 'é'.repeat(LIMITS.errorTextBytesMax / 2);

  test('is kept whole up to its limit', () => {
    expect(parseReport({ failed: 1, error }).acknowledgement).toEqual({ version: 1, status: 'failed', error });
  });

  test('is cut at a character beyond its limit', () => {
    const cut = parseReport({ failed: 1, error: `x${error}` }).acknowledgement?.error;
    expect(cut).toBe(`x${error.slice(1)}`);
  });
});

test('a report keeps the same document object', () => {
  const reported = { a: { b: null } };
  expect(parseReport({ reported }).reported).toBe(reported);
});
