import { expect, test } from 'vitest';
import { runConcurrently } from './run-concurrently.js';

const ITEMS = Array.from({ length: 20 }, (_, index) => index);

test.each([1, 3, 50])('runs each item once, at most %d at a time', async (limit) => {
  const done: number[] = [];
  let [running, mostRunning] = [0, 0];
  await runConcurrently(ITEMS, limit, async (item) => {
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    done.push(item);
  });
  expect(done.toSorted((left, right) => left - right)).toEqual(ITEMS);
  expect(mostRunning).toBe(Math.min(limit, ITEMS.length));
});

test('starts no more work once the signal aborts', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 4) controller.abort();
  };
  await runConcurrently(ITEMS, 1, work, controller.signal);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});
