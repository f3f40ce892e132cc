import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, LIMITS } from '@muster/twin';

/**
 * Yields the rows, and gives the event loop a turn after every few milliseconds of work. An `undefined` in the source is
 * not a row: it only says that time may have passed since the last one.
 */
export async function* inSlices<Row>(
  rows: AsyncIterable<Row | undefined>,
  clock: Pick<Clock, 'now'>,
  isWanted: () => boolean = () => true,
): AsyncGenerator<Row> {
  let sliceEnd = clock.now() + LIMITS.sliceMs;
  for await (const row of rows) {
    if (row !== undefined) yield row;
    if (clock.now() < sliceEnd) continue;
    await nextTurn();
    if (!isWanted()) return;
    sliceEnd = clock.now() + LIMITS.sliceMs;
  }
}
