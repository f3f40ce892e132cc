import type { ServerResponse } from 'node:http';
import { type Change, followChanges, type Registry } from '@muster/registry';
import { type Cancel, type Clock, LIMITS, type Log } from '@muster/twin';

const FEED_HEARTBEAT_MS = 15_000;
/** How long to wait for a client that does not read before it is disconnected; its cursor lets it continue. */
const FEED_STALL_MS_MAX = 60_000;

interface FeedParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly response: ServerResponse;
}

/** The range of the log when the feed was requested, and where to begin in it. */
export interface FeedStart {
  readonly cursor: number;
  readonly oldest: number;
  readonly head: number;
}

/**
 * One client of the change feed, as server-sent events. Only the socket queues: for a client that reads slowly the log is
 * read slowly.
 */
export class Feed {
  readonly #parts: FeedParts;
  #cursor = 0;
  #cancels: Cancel[] = [];

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  start({ cursor, oldest, head }: FeedStart): void {
    const { registry, clock, log, response } = this.#parts;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.flushHeaders();
    response.once('close', () => this.#cancel());
    response.once('error', () => this.#cancel());
    this.#cursor = cursor;
    if (cursor > head) this.#writeGap(oldest, head);
    this.#beat();
    const cancel = followChanges(registry.changeLog, this.#cursor, {
      clock,
      handle: (changes) => this.#write(changes),
      missed: (first) => this.#writeGap(first, first - 1),
      failed: (error) => log('error', 'reading the change feed failed; retrying', { error }),
    });
    this.#cancels.push(cancel);
  }

  /** Ends the response cleanly: the client may come back with its cursor. */
  stop(): void {
    this.#cancel();
    this.#parts.response.end();
  }

  async #write(changes: readonly Change[]): Promise<void> {
    const { response } = this.#parts;
    for (const change of changes) {
      if (response.closed) return;
      // Sent before a failure: the page is handed over again.
      if (change.sequence <= this.#cursor) continue;
      response.write(formatChange(change));
      this.#cursor = change.sequence;
      if (response.writableLength > LIMITS.feedBacklogBytesMax) await this.#drained();
    }
  }

  /** The changes between the cursor and `next` will never come: they are trimmed, or belong to another log. */
  #writeGap(oldest: number, next: number): void {
    const data = { after: String(this.#cursor), oldest: String(oldest) };
    this.#cursor = next;
    this.#parts.response.write(formatEvent('gap', next, data));
  }

  #drained(): Promise<void> {
    const { response, clock } = this.#parts;
    return new Promise((resolve) => {
      const cancel = clock.after(FEED_STALL_MS_MAX, () => response.destroy());
      const resume = (): void => {
        cancel();
        response.off('drain', resume);
        response.off('close', resume);
        resolve();
      };
      response.once('drain', resume);
      response.once('close', resume);
    });
  }

  /** Shows each side that the other is still there. */
  #beat(): void {
    const { response, clock } = this.#parts;
    if (!response.writableNeedDrain) response.write(':\n\n');
    this.#cancels[0] = clock.after(FEED_HEARTBEAT_MS, () => this.#beat());
  }

  #cancel(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }
}

export function formatChange(change: Change): string {
  const subject = change.kind === 'configuration' ? { configuration: change.configuration } : { device: change.device };
  return formatEvent(change.kind, change.sequence, { ...subject, ...change.data });
}

function formatEvent(event: string, id: number, data: object): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
