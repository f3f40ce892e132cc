import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, LIMITS } from '@muster/twin';

/** Yields the rows, and gives the event loop a turn after every few milliseconds of work. */
export async function* inSlices<Row>(rows: AsyncIterable<Row>, clock: Pick<Clock, 'now'>): AsyncGenerator<Row> {
  let sliceEnd = clock.now() + LIMITS.sliceMs;
  for await (const row of rows) {
    yield row;
    if (clock.now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = clock.now() + LIMITS.sliceMs;
  }
}
