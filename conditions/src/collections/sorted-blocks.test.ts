import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedBlocks } from './sorted-blocks.js';

const numeric = (left: number, right: number) => left - right;

/** Runs of neighbours fill and split blocks, or empty and join them. */
const run = fc.record({
  isAdded: fc.boolean(),
  from: fc.nat(3_000),
  step: fc.constantFrom(1, -1, 3),
  count: fc.constantFrom(1, 5, 300, 2_000),
});

function visited(blocks: SortedBlocks<number>, from: number, to: number): number[] {
  const items: number[] = [];
  const [start, end] = [blocks.from((item) => item >= from), blocks.from((item) => item >= to)];
  blocks.visit(start, end, (item) => items.push(item));
  expect(blocks.count(start, end)).toBe(items.length);
  return items;
}

test('it is a sorted list without duplicates after any additions and deletions', () => {
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 12 }),
      fc.boolean(),
      fc.nat(3_000),
      fc.nat(3_000),
      (runs, isFilled, a, b) => {
        const blocks = new SortedBlocks<number>(numeric);
        const plain = new Set<number>(isFilled ? Array.from({ length: 2_500 }, (_, at) => at) : []);
        if (isFilled) blocks.fill([...plain]);
        for (const { isAdded, from, step, count } of runs) {
          for (let item = from; item !== from + step * count; item += step) {
            const isDone = isAdded ? blocks.add(item) : blocks.delete(item);
            if (isDone !== (isAdded ? !plain.has(item) : plain.has(item))) expect.fail(`${item} was there or not`);
            if (isAdded) plain.add(item);
            else plain.delete(item);
          }
        }
        const items = [...plain].sort(numeric);
        const copy = blocks.copy((left, right) => left + 0.5 - (right + 0.5));
        copy.add(10_000);
        if (items[0] !== undefined) copy.delete(items[0]);
        expect([...copy.walk(copy.start)]).toEqual([...items.slice(1), 10_000]);
        expect(copy.size).toBe(Math.max(1, items.length));
        expect([...blocks.walk(blocks.start)]).toEqual(items);
        expect([...blocks.walk(blocks.from((item) => item > a))]).toEqual(items.filter((item) => item > a));
        expect(blocks.size).toBe(items.length);
        expect(blocks.count(blocks.start, blocks.end)).toBe(items.length);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(visited(blocks, from, to)).toEqual(items.filter((item) => item >= from && item < to));
        expect(visited(blocks, to, from)).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
