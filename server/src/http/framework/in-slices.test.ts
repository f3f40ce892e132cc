import { LIMITS } from '@muster/twin';
import { expect, test } from 'vitest';
import { inSlices } from './in-slices.js';

/** Each row takes a millisecond, and so does a device that is no row. */
async function* rowsOf<Row>(rows: readonly Row[], clock: { ms: number }): AsyncGenerator<Row> {
  for (const row of rows) {
    clock.ms += 1;
    yield row;
  }
}

test.each<[string, number]>([
  ['rows', 1],
  ['what is no row', 50],
])('the event loop gets a turn after every few milliseconds of %s', async (_, every) => {
  const clock = { ms: 0 };
  const given = Array.from({ length: 200 }, (_, n) => (n % every === every - 1 ? n : undefined));
  let [turns, isOver] = [0, false];
  const others = () => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const rows: number[] = [];
  for await (const row of inSlices(rowsOf(given, clock), { now: () => clock.ms })) rows.push(row);
  isOver = true;
  expect(rows).toEqual(given.filter((row) => row !== undefined));
  expect(turns).toBeGreaterThanOrEqual(Math.floor(200 / LIMITS.sliceMs) - 1);
});

test('reading stops when the client has gone', async () => {
  const clock = { ms: 0 };
  const rows = rowsOf<undefined>(Array.from({ length: 200 }), clock);
  for await (const _ of inSlices(rows, { now: () => clock.ms }, () => false)) expect.fail('there is no row');
  expect(clock.ms).toBeLessThan(200);
});
