import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueTimes } from './due-times.js';

test('nothing is due early, and everything within a second', () => {
  const due = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), atMs: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(due), (dues) => {
      const times = new DueTimes();
      for (const { id, atMs } of dues) times.add(id, atMs);
      const expected = new Set(dues.map(({ id, atMs }) => `${id} ${Math.ceil(atMs / 1_000)}`));
      const met = new Set<string>();
      for (let second = 0; second <= 20; second += 1) {
        for (const id of times.take(second * 1_000)) met.add(`${id} ${second}`);
      }
      expect(met).toEqual(expected);
      expect(times.nextAtMs).toBeUndefined();
    }),
  );
});

test('the next due time is known', () => {
  const times = new DueTimes();
  times.add('a', 5_500);
  times.add('b', 3_001);
  expect(times.nextAtMs).toBe(4_000);
  expect([...times.take(3_999)]).toEqual([]);
  expect([...times.take(4_000)]).toEqual(['b']);
  expect(times.nextAtMs).toBe(6_000);
});

test('a whole fleet may be due in the same second', () => {
  const dues = new DueTimes();
  for (let n = 0; n < 300_000; n += 1) dues.add(`d-${n}`, 500);
  let taken = 0;
  for (const _ of dues.take(1_000)) taken += 1;
  expect(taken).toBe(300_000);
});

test('ids added during the walk are not lost', () => {
  const dues = new DueTimes();
  for (const id of ['a', 'b']) dues.add(id, 1_000);
  const taken: string[] = [];
  for (const id of dues.take(1_000)) {
    if (id === 'a') dues.add('again', 1_000);
    taken.push(id);
  }
  expect([...taken, ...dues.take(1_000)]).toEqual(['a', 'b', 'again']);
});
