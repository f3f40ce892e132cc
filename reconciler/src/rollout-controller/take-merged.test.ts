import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeMerged } from './take-merged.js';
import { Waiting } from './waiting.js';

const byNumber = (left: number, right: number): number => left - right;

test('several lists are taken as if they were one', () => {
  const places = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 2 ** 40 })), { maxLength: 60 });
  fc.assert(
    fc.property(places, fc.array(fc.nat({ max: 25 }), { maxLength: 5 }), (devices, counts) => {
      const orders = devices.map(([, order], number) => order * 64 + number);
      const lists = Array.from({ length: 8 }, () => new Waiting(byNumber));
      devices.forEach(([list], number) => {
        lists[list]?.add(number, orders[number] ?? 0);
      });
      const left = [...orders.keys()].sort((one, other) => (orders[one] ?? 0) - (orders[other] ?? 0));
      for (const count of counts) expect(takeMerged(lists, count)).toEqual(left.splice(0, count));
      expect(lists.reduce((sum, { size }) => sum + size, 0)).toBe(left.length);
    }),
  );
});
