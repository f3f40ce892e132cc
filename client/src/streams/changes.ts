import type { FeedEvent } from '@muster/api';
import { TwinError } from '@muster/twin';
import { decodeText } from '../transport/decode-text.js';
import type { Http } from '../transport/http.js';
import { NetworkError } from '../transport/network-error.js';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-event-parser.js';
import { waitToReconnect } from './wait-to-reconnect.js';

/** A feed is considered dead if not even a comment arrives for this time. */
const FEED_SILENCE_MAX_MS = 90_000;
const PATH = '/v1/changes';

export interface ChangesOptions {
  /** Id of the last event seen. Absent or empty: start with the next event. */
  readonly after?: string;
  /** Ends the loop without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Yields every change in order, over any number of connections, and a `gap` where changes may be missing. The server
 * sends a gap if it no longer has the changes. A gap with an empty id is made here, if the feed broke before it had a
 * position to resume from. Permanent failures, such as `unauthorized`, are thrown.
 */
export async function* changes(
  http: Http,
  { after, signal }: ChangesOptions,
): AsyncGenerator<FeedEvent, void, undefined> {
  const feed: FeedState = { cursor: after === '' ? undefined : after, wasOpen: false, failures: 0 };
  while (!signal?.aborted) {
    try {
      yield* connection(http, feed, signal);
    } catch (error) {
      if (signal?.aborted) return;
      if (!isTemporary(error)) throw error;
    }
    await waitToReconnect(http, feed.failures, signal);
    feed.failures += 1;
  }
}

/** State that is kept between connections. */
interface FeedState {
  cursor: string | undefined;
  wasOpen: boolean;
  failures: number;
}

async function* connection(
  http: Http,
  feed: FeedState,
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedEvent, void, undefined> {
  const idleTimer = new IdleTimer(http);
  const signals = AbortSignal.any([idleTimer.signal, ...(signal === undefined ? [] : [signal])]);
  const headers = { accept: 'text/event-stream', ...(feed.cursor && { 'last-event-id': feed.cursor }) };
  try {
    const response = await http.open({ method: 'GET', path: PATH, headers, signal: signals });
    if (feed.wasOpen && feed.cursor === undefined) yield unknownGap();
    feed.wasOpen = true;
    const parser = new ServerSentEventParser();
    for await (const text of decodeText(`GET ${PATH}`, response)) {
      idleTimer.restart();
      feed.failures = 0;
      for (const event of parser.push(text)) {
        if (event.id !== '') feed.cursor = event.id;
        if (isKnown(event)) yield parseEvent(event);
      }
      if (parser.lastEventId !== '') feed.cursor = parser.lastEventId;
    }
  } finally {
    idleTimer.stop();
  }
}

/** Aborts if no data arrives for too long, counted from the start and from each `restart`. */
class IdleTimer {
  readonly #controller = new AbortController();
  readonly #http: Http;
  #cancel = (): void => {};

  constructor(http: Http) {
    this.#http = http;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.#cancel();
    const reason = new NetworkError(`GET ${PATH}`, `no data for ${FEED_SILENCE_MAX_MS} ms`);
    this.#cancel = this.#http.clock.after(FEED_SILENCE_MAX_MS, () => this.#controller.abort(reason));
  }

  stop(): void {
    this.#cancel();
  }
}

function unknownGap(): FeedEvent {
  return { id: '', event: 'gap', data: { after: '', oldest: '' } };
}

const KNOWN: Record<FeedEvent['event'], true> = {
  desired: true,
  reported: true,
  acknowledged: true,
  presence: true,
  device: true,
  configuration: true,
  gap: true,
};

/** Whether this version knows the kind of event; a newer server may send others, which are skipped. */
function isKnown({ event }: ServerSentEvent): boolean {
  return Object.hasOwn(KNOWN, event);
}

function parseEvent({ id, event, data }: ServerSentEvent): FeedEvent {
  try {
    return { id, event, data: JSON.parse(data) } as FeedEvent;
  } catch (cause) {
    throw new TwinError('malformed', `the data of change ${id} is not JSON`, {}, { cause });
  }
}

function isTemporary(error: unknown): boolean {
  if (error instanceof TwinError) return error.code === 'unavailable' || error.code === 'rate-limited';
  return error instanceof NetworkError;
}
