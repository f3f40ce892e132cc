import type { FeedEvent } from '@muster/api';
import { type BackoffBounds, backoffMs, TwinError } from '@muster/twin';
import { decodeText } from './decode-text.js';
import type { Http } from './http.js';
import { NetworkError } from './network-error.js';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-event-parser.js';
import { wait } from './wait.js';

const RECONNECT_BOUNDS: BackoffBounds = { firstMs: 500, maxMs: 30_000 };
/** A feed that brings not even a comment for so long is taken for dead. */
const FEED_SILENCE_MAX_MS = 90_000;
const PATH = '/v1/changes';

export interface ChangesOptions {
  /** The id of the last event that was seen; absent or empty: begin with what happens next. */
  readonly after?: string;
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Every change, in order, across as many connections as it takes. What could not be delivered shows as a `gap`:
 * the server sends one when the past is gone; one with an empty id comes from here, when the feed broke before
 * there was a position to resume at. Failures that waiting does not mend, such as `unauthorized`, are thrown.
 */
export async function* changes(
  http: Http,
  { after, signal }: ChangesOptions,
): AsyncGenerator<FeedEvent, void, undefined> {
  const feed: FeedPosition = { cursor: after === '' ? undefined : after, wasOpen: false, failures: 0 };
  while (!signal?.aborted) {
    try {
      yield* connection(http, feed, signal);
    } catch (error) {
      if (signal?.aborted) return;
      if (!isPassing(error)) throw error;
    }
    const delayMs = backoffMs(RECONNECT_BOUNDS, feed.failures, http.random());
    feed.failures += 1;
    await wait(http.clock, delayMs, signal).catch(() => {});
  }
}

/** What outlives a connection. */
interface FeedPosition {
  cursor: string | undefined;
  wasOpen: boolean;
  failures: number;
}

async function* connection(
  http: Http,
  feed: FeedPosition,
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedEvent, void, undefined> {
  const silence = new Silence(http);
  const signals = AbortSignal.any([silence.signal, ...(signal === undefined ? [] : [signal])]);
  const headers = { accept: 'text/event-stream', ...(feed.cursor && { 'last-event-id': feed.cursor }) };
  try {
    const response = await http.open({ method: 'GET', path: PATH, headers, signal: signals });
    if (feed.wasOpen && feed.cursor === undefined) yield unknownGap();
    feed.wasOpen = true;
    const parser = new ServerSentEventParser();
    for await (const text of decodeText(`GET ${PATH}`, response)) {
      silence.broken();
      feed.failures = 0;
      for (const event of parser.push(text)) {
        if (event.id !== '') feed.cursor = event.id;
        if (isKnown(event)) yield parseEvent(event);
      }
      if (parser.lastEventId !== '') feed.cursor = parser.lastEventId;
    }
  } finally {
    silence.end();
  }
}

/** Aborts when nothing came for too long, counted from the start and from every `broken`. */
class Silence {
  readonly #controller = new AbortController();
  readonly #http: Http;
  #cancel = (): void => {};

  constructor(http: Http) {
    this.#http = http;
    this.broken();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  broken(): void {
    this.#cancel();
    const reason = new NetworkError(`GET ${PATH}`, `nothing came for ${FEED_SILENCE_MAX_MS} ms`);
    this.#cancel = this.#http.clock.after(FEED_SILENCE_MAX_MS, () => this.#controller.abort(reason));
  }

  end(): void {
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

/** A newer server may tell of more kinds of things; who reads with this version has no use for them. */
function isKnown({ event }: ServerSentEvent): boolean {
  return Object.hasOwn(KNOWN, event);
}

function parseEvent({ id, event, data }: ServerSentEvent): FeedEvent {
  try {
    return { id, event, data: JSON.parse(data) } as FeedEvent;
  } catch (cause) {
    throw new TwinError('malformed', `the data of change ${id} is no JSON`, {}, { cause });
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof TwinError) return error.code === 'unavailable' || error.code === 'rate-limited';
  return error instanceof NetworkError;
}
