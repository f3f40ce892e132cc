import type { Cancel, Clock } from '@muster/twin';
import type { ChangeLog } from './change-log.js';
import type { Change } from './log/change.js';

const PAGE = 1_000;
const RETRY_AFTER_MS = 1_000;

export interface ChangeFollower {
  readonly clock: Clock;
  /** May be asynchronous: the next page waits for it. A page on which it fails is passed to it again. */
  readonly handle: (changes: readonly Change[]) => void | Promise<void>;
  /** Changes after the cursor were trimmed, or the cursor belongs to a longer log. Changes continue from `oldest`. */
  readonly missed: (oldest: number) => void;
  /** Reading or handling failed. The follower continues from its cursor a second later. */
  readonly failed: (error: unknown) => void;
}

/**
 * Reads the change log after a cursor, page by page, and again whenever more changes reach the disk. `handle` gets every
 * change in order, at least once; without a failure exactly once.
 */
export function followChanges(
  changeLog: ChangeLog,
  after: number,
  { clock, handle, missed, failed }: ChangeFollower,
): Cancel {
  let cursor = after;
  let isReading = false;
  let isDue = false;
  let isCancelled = false;
  let cancelRetry: Cancel = () => {};

  const readPage = async (): Promise<void> => {
    const { changes, oldest, head } = await changeLog.read(cursor, PAGE);
    if (isCancelled) return;
    const isGone = cursor < oldest - 1 || cursor > head;
    if (isGone) {
      missed(oldest);
      cursor = oldest - 1;
    }
    if (changes.length > 0 && !isCancelled) await handle(changes);
    cursor = changes.at(-1)?.sequence ?? cursor;
    if (cursor < head) isDue = true;
  };
  const read = async (): Promise<void> => {
    isReading = true;
    try {
      while (isDue && !isCancelled) {
        isDue = false;
        await readPage();
      }
    } catch (error) {
      isDue = true;
      retry(error);
      return;
    }
    isReading = false;
  };
  /** The follower counts as reading until then, so that a wake-up does not start a second read. */
  const retry = (error: unknown): void => {
    if (isCancelled) return;
    failed(error);
    cancelRetry = clock.after(RETRY_AFTER_MS, () => void read());
  };
  const wake = (): void => {
    isDue = true;
    if (!isReading && !isCancelled) void read();
  };
  const cancelWakes = changeLog.follow(wake);
  wake();
  return () => {
    isCancelled = true;
    cancelWakes();
    cancelRetry();
  };
}
