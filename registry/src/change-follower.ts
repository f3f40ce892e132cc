import type { Cancel } from '@muster/twin';
import type { Change } from './change.js';
import type { Registry } from './registry.js';

const PAGE = 1_000;

/**
 * Reads the change log from a cursor on: every change once and in order, page by page, woken when more came to
 * disk. `handle` may be asynchronous; the next page waits for it.
 *
 * `missed` is called when the past is gone, or the cursor is of another log that got further than this one; the
 * changes go on from `oldest`. The first failure, of reading or of a handler, ends it: `failed` hears of it and
 * nothing more is read, for whoever went on would skip changes.
 */
export function followChanges(
  registry: Registry,
  after: number,
  handle: (changes: readonly Change[]) => void | Promise<void>,
  { missed, failed }: { missed: (oldest: number) => void; failed: (error: unknown) => void },
): Cancel {
  let cursor = after;
  let isReading = false;
  let isDue = false;
  let isCancelled = false;

  const readPage = async (): Promise<void> => {
    const { changes, oldest, head } = await registry.changes(cursor, PAGE);
    if (isCancelled) return;
    const isGone = cursor < oldest - 1 || cursor > head;
    if (isGone) missed(oldest);
    cursor = changes.at(-1)?.sequence ?? (isGone ? oldest - 1 : cursor);
    if (changes.length > 0) await handle(changes);
    if (cursor < head) isDue = true;
  };
  const read = async (): Promise<void> => {
    isReading = true;
    while (isDue && !isCancelled) {
      isDue = false;
      await readPage();
    }
    isReading = false;
  };
  const wake = (): void => {
    isDue = true;
    if (!isReading && !isCancelled) read().catch(stop);
  };
  const cancelWakes = registry.follow(wake);
  const cancel = (): void => {
    isCancelled = true;
    cancelWakes();
  };
  const stop = (error: unknown): void => {
    cancel();
    failed(error);
  };
  wake();
  return cancel;
}
