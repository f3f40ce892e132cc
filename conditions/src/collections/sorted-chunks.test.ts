import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedChunks } from './sorted-chunks.js';

interface Item {
  readonly order: number;
}

const compare = (left: Item, right: Item) => left.order - right.order;

function between(chunks: SortedChunks<Item>, from: number, past: number): number[] {
  const seen: number[] = [];
  chunks.visit(
    ({ order }) => order >= from,
    ({ order }) => order >= past,
    ({ order }) => seen.push(order),
  );
  return seen;
}

test('it holds what a sorted list holds, in any order of adding and removing', () => {
  const steps = fc.array(fc.tuple(fc.nat(999), fc.boolean()), { minLength: 1, maxLength: 1_000, size: 'max' });
  fc.assert(
    fc.property(steps, fc.nat(999), fc.nat(999), (taken, from, past) => {
      const [chunks, oracle] = [new SortedChunks<Item>(compare), new Set<number>()];
      for (const [order, isAdded] of taken) {
        expect(chunks.find({ order }) !== undefined).toBe(oracle.has(order));
        if (!isAdded) chunks.remove({ order });
        else if (!oracle.has(order)) chunks.add({ order });
        if (isAdded) oracle.add(order);
        else oracle.delete(order);
      }
      const sorted = [...oracle].sort((left, right) => left - right);
      expect(between(chunks, 0, 1_000)).toEqual(sorted);
      expect(between(chunks, from, past)).toEqual(sorted.filter((order) => order >= from && order < past));
    }),
    { numRuns: 100 },
  );
});

test('chunks stay short, and none is empty', () => {
  const chunks = new SortedChunks<Item>(compare);
  for (let order = 0; order < 1_000; order += 1) chunks.add({ order });
  expect(Math.max(...chunks.chunks.map(({ items }) => items.length))).toBeLessThanOrEqual(128);
  for (let order = 0; order < 1_000; order += 1) chunks.remove({ order });
  expect(chunks.chunks).toEqual([]);
});
