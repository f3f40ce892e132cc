import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, LIMITS } from '@muster/twin';

/** The same rows, with a turn of the event loop for others after every few milliseconds of work. */
export async function* inSlices<Row>(
  rows: AsyncIterable<Row>,
  clock: Pick<Clock, 'now'>,
  isWanted: () => boolean = () => true,
): AsyncGenerator<Row> {
  let sliceEnd = clock.now() + LIMITS.sliceMs;
  for await (const row of rows) {
    yield row;
    if (clock.now() < sliceEnd) continue;
    await nextTurn();
    if (!isWanted()) return;
    sliceEnd = clock.now() + LIMITS.sliceMs;
  }
}
