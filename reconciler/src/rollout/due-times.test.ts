import { expect, test } from 'vitest';
import { DueTimes } from './due-times.js';

test('what is due comes to the second: never early, and once', () => {
  const dues = new DueTimes();
  dues.add('early', 1_000);
  dues.add('late', 1_001);
  expect(dues.nextAtMs).toBe(1_000);
  expect([...dues.take(999)]).toEqual([]);
  expect([...dues.take(1_999)]).toEqual(['early']);
  expect([...dues.take(2_000)]).toEqual(['late']);
  expect(dues.nextAtMs).toBeUndefined();
});

test('a whole fleet may be due in the same second', () => {
  const dues = new DueTimes();
  for (let n = 0; n < 300_000; n += 1) dues.add(`d-${n}`, 500);
  let taken = 0;
  for (const _ of dues.take(1_000)) taken += 1;
  expect(taken).toBe(300_000);
});

test('what is added while the due ones are walked over is not lost', () => {
  const dues = new DueTimes();
  for (const id of ['a', 'b']) dues.add(id, 1_000);
  const taken: string[] = [];
  for (const id of dues.take(1_000)) {
    if (id === 'a') dues.add('again', 1_000);
    taken.push(id);
  }
  expect([...taken, ...dues.take(1_000)]).toEqual(['a', 'b', 'again']);
});
