import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes } from '../text/utf8.js';
import type { Json } from './json.js';
import { bytesAtMost } from './json-size.js';

test('no JSON text is longer than its bound', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(utf8Bytes(JSON.stringify(value))).toBeLessThanOrEqual(bytesAtMost(value as Json));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [-1.2345678901234567e-123],
  ['\u0000'.repeat(9)],
  ['\ud800'],
  ['€'.repeat(9)],
  [[[], {}]],
  [{ '\u0001': null }],
])('counts the longest way to write %j', (value) => {
  expect(utf8Bytes(JSON.stringify(value))).toBeLessThanOrEqual(bytesAtMost(value as Json));
});
