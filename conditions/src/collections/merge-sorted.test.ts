import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeSorted } from './merge-sorted.js';

const numeric = (left: number, right: number) => left - right;

test('what is merged is what sorting all of it makes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(20), { maxLength: 8 }), { maxLength: 8 }), (lists) => {
      const sorted = lists.map((list) => list.sort(numeric));
      expect([...mergeSorted(sorted, numeric)]).toEqual(lists.flat().sort(numeric));
    }),
  );
});
