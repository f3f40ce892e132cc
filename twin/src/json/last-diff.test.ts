import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastText } from '../text/last-text.js';
import type { JsonObject } from './json.js';
import { LastDiff } from './last-diff.js';
import { diff } from './merge-patch.js';

const documents = fc.array(
  fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(2), { noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
  { minLength: 1, maxLength: 3 },
);

test('LastDiff and LastText return what diff and JSON.stringify return, in any sequence of calls', () => {
  fc.assert(
    fc.property(documents, fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 12 }), (known, pairs) => {
      const [last, text] = [new LastDiff(), new LastText()];
      for (const [left, right] of pairs) {
        const [before, after] = [known[left % known.length] as JsonObject, known[right % known.length] as JsonObject];
        expect(last.of(before, after)).toEqual(diff(before, after));
        expect(text.of(after)).toBe(JSON.stringify(after));
      }
    }),
  );
});

test('the same two documents share their patch', () => {
  const last = new LastDiff();
  const [before, after] = [{ a: 1 }, { a: 2 }];
  expect(last.of(before, after)).toBe(last.of(before, after));
  expect(last.of(after, before)).toEqual({ a: 1 });
});
