import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeText } from './time-text.js';

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [Date.UTC(2000, 1, 29, 23, 59, 59, 999), '2000-02-29T23:59:59.999Z'],
  [Date.UTC(2100, 1, 28) + 86_400_000, '2100-03-01T00:00:00.000Z'],
  [Date.UTC(2026, 11, 31, 9, 8, 7, 6), '2026-12-31T09:08:07.006Z'],
])('%i is %s', (milliseconds, text) => expect(timeText(milliseconds)).toBe(text));

test('it is equal to the text of Date, from 1970 to 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (milliseconds) => {
      expect(timeText(milliseconds)).toBe(new Date(milliseconds).toISOString());
    }),
    { numRuns: 2_000 },
  );
});
