import fc from 'fast-check';
import { expect, test } from 'vitest';
import { range, sequencesOf } from '../testing/store-suite/numbered-entry.js';
import { ChangeTail, numbered } from './change-tail.js';

const change = () => ({ kind: 'device', device: 'd', data: { change: 'patched', at: '' } }) as const;
const changesFrom = (head: number, count: number) => numbered(Array.from({ length: count }, change), head);

test('changes are numbered from the head', () => {
  expect(sequencesOf(changesFrom(41, 3))).toEqual([42, 43, 44]);
});

test('the tail returns exactly the changes that it holds, and stays within its bounds', () => {
  const pushes = fc.array(fc.record({ count: fc.nat(6), bytes: fc.nat(20) }), { maxLength: 40 });
  fc.assert(
    fc.property(pushes, fc.nat(100), (list, cursor) => {
      const tail = new ChangeTail({ changesMax: 10, bytesMax: 50 });
      let head = 0;
      for (const { count, bytes } of list) {
        tail.push(changesFrom(head, count), bytes);
        head += count;
      }
      const found = tail.since(cursor, 1_000);
      if (found) expect(sequencesOf(found)).toEqual(range(cursor + 1, head));
      const reach = range(0, head).find((after) => tail.since(after, 1) !== undefined);
      if (reach !== undefined) expect(head - reach).toBeLessThanOrEqual(20);
    }),
    { numRuns: 500 },
  );
});

test('few large changes leave the tail like many small ones', () => {
  const tail = new ChangeTail({ changesMax: 10, bytesMax: 50 });
  for (const n of range(0, 4)) tail.push(changesFrom(n, 1), 30);
  expect(tail.since(0, 10)).toBeUndefined();
  expect(sequencesOf(tail.since(4, 10) ?? [])).toEqual([5]);
});

test('an empty tail returns undefined', () => {
  expect(new ChangeTail().since(0, 10)).toBeUndefined();
});
