import type { Cancel } from '@muster/twin';
import type { Change } from './change.js';
import type { Registry } from './registry.js';

const PAGE = 1_000;

/**
 * Reads the change log from a cursor on: every change once and in order, page by page, woken when more came to
 * disk. `handle` may be asynchronous; the next page waits for it. `missed` is called when the past is gone.
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

  const read = async (): Promise<void> => {
    do {
      isDue = false;
      const { changes, oldest } = await registry.changes(cursor, PAGE);
      if (isCancelled) return;
      if (cursor < oldest - 1) missed(oldest);
      cursor = changes.at(-1)?.sequence ?? Math.max(cursor, oldest - 1);
      if (changes.length > 0) await handle(changes);
      if (changes.length === PAGE) isDue = true;
    } while (isDue && !isCancelled);
  };
  const wake = (): void => {
    isDue = true;
    if (isReading || isCancelled) return;
    isReading = true;
    read()
      .catch(failed)
      .finally(() => {
        isReading = false;
        if (isDue) wake();
      });
  };
  const cancel = registry.follow(wake);
  wake();
  return () => {
    isCancelled = true;
    cancel();
  };
}
