import { LIMITS } from '@muster/twin';
import { expect, test } from 'vitest';
import { inSlices } from './in-slices.js';

/** Each row takes a millisecond. */
async function* rowsOf<Row>(rows: readonly Row[], clock: { ms: number }): AsyncGenerator<Row> {
  for (const row of rows) {
    clock.ms += 1;
    yield row;
  }
}

test('the event loop gets a turn after every few milliseconds of rows', async () => {
  const clock = { ms: 0 };
  const given = Array.from({ length: 200 }, (_, n) => n);
  let [turns, isOver] = [0, false];
  const others = () => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const rows: number[] = [];
  for await (const row of inSlices(rowsOf(given, clock), { now: () => clock.ms })) rows.push(row);
  isOver = true;
  expect(rows).toEqual(given);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(200 / LIMITS.sliceMs) - 1);
});
