import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByOrder } from './sort-by-order.js';

const orders = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 5 }), fc.constantFrom(0, 2 ** 32, 2 ** 44, 2 ** 53 - 1));

test('is sorted by order, and equal orders keep their places', () => {
  fc.assert(
    fc.property(fc.array(orders, { maxLength: 200 }), (all) => {
      const numbers = Uint32Array.from(all, (_, index) => index);
      const sorted = sortByOrder({ numbers, orders: Float64Array.from(all) });
      const expected = [...numbers].toSorted((left, right) => (all[left] ?? 0) - (all[right] ?? 0));
      expect([...sorted.numbers]).toEqual(expected);
      expect([...sorted.orders]).toEqual(expected.map((number) => all[number]));
      expect([...numbers]).toEqual([...numbers.keys()]);
    }),
  );
});
