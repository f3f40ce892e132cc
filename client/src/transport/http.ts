import { type BackoffBounds, backoffMs, type Clock, TwinError } from '@muster/twin';
import { NetworkError } from './network-error.js';
import { readProblem } from './problem.js';
import { wait } from './wait.js';

/** Attempts in total for a request that may be repeated. */
const ATTEMPTS_MAX = 4;
const RETRY_BOUNDS: BackoffBounds = { firstMs: 200, maxMs: 5_000 };

export type Method = 'GET' | 'PUT' | 'DELETE' | 'POST' | 'PATCH';

export interface HttpRequest {
  readonly method: Method;
  /** The path from the root, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent instead of `json`. */
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly contentType?: string;
  readonly ifMatch?: string | undefined;
  /** False if repeating the request could have a visible effect: then it is not retried after a network error. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A resource and the ETag of its version. */
export interface WithETag<Value> {
  readonly value: Value;
  readonly etag: string | undefined;
}

export interface HttpOptions {
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Sends requests to one server, with authorization and retries. Failures are TwinErrors and NetworkErrors. */
export class Http {
  readonly clock: Clock;
  readonly random: () => number;
  readonly #root: string;
  readonly #token: string;
  readonly #fetch: typeof fetch;

  constructor(options: HttpOptions) {
    this.#root = options.url.replace(/\/+$/, '');
    this.#token = options.token;
    this.#fetch = options.fetch;
    this.clock = options.clock;
    this.random = options.random;
  }

  /** Resolves with the JSON of the answer. GET, PUT and DELETE are retried after network errors and 503. */
  json<Value>(request: HttpRequest): Promise<WithETag<Value>> {
    return this.#repeat(request, async () => {
      const response = await this.open(request);
      const text = await readText(request, response);
      return { value: parseBody(text) as Value, etag: response.headers.get('etag') ?? undefined };
    });
  }

  /** Like `json`, without the ETag. */
  async value<Value>(request: HttpRequest): Promise<Value> {
    return (await this.json<Value>(request)).value;
  }

  /** Ignores the answer. A retried DELETE that finds nothing has succeeded before. */
  async send(request: HttpRequest): Promise<void> {
    await this.#repeat(request, async (isUncertain) => {
      try {
        await readText(request, await this.open(request));
      } catch (error) {
        const isDone =
          request.method === 'DELETE' && isUncertain && error instanceof TwinError && error.code === 'not-found';
        if (!isDone) throw error;
      }
    });
  }

  /** Makes one attempt; the caller reads the body of the answer. */
  async open(request: HttpRequest): Promise<Response> {
    const response = await this.#attempt(request);
    if (response.ok) return response;
    throw await readProblem(response);
  }

  async #attempt(request: HttpRequest): Promise<Response> {
    try {
      return await this.#fetch(this.#url(request), this.#init(request));
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      throw new NetworkError(`${request.method} ${this.#url(request)}`, error);
    }
  }

  async #repeat<Value>(request: HttpRequest, work: (isUncertain: boolean) => Promise<Value>): Promise<Value> {
    let isUncertain = false;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await work(isUncertain);
      } catch (error) {
        if (attempts === ATTEMPTS_MAX || !mayRepeat(request, error)) throw error;
        isUncertain ||= error instanceof NetworkError;
      }
      await wait(this.clock, backoffMs(RETRY_BOUNDS, attempts - 1, this.random()), request.signal);
    }
  }

  #url({ path, query = {} }: HttpRequest): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    const text = parameters.toString();
    return `${this.#root}${path}${text === '' ? '' : `?${text}`}`;
  }

  #init({ method, headers, json, body, contentType = 'application/json', ifMatch, signal }: HttpRequest): RequestInit {
    const content = json === undefined ? body : JSON.stringify(json);
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(content === undefined ? {} : { 'content-type': contentType }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
      ...(content instanceof ReadableStream ? { duplex: 'half' } : {}),
      ...(signal === undefined ? {} : { signal }),
    };
    return init;
  }
}

/**
 * A server that answered 503 did nothing. After a network error the effect is unknown: with `If-Match` a second attempt
 * would fail if the first succeeded, so the caller has to check.
 */
function mayRepeat({ method, ifMatch, isRepeatable = true }: HttpRequest, error: unknown): boolean {
  if (method === 'POST' || method === 'PATCH') return false;
  if (error instanceof NetworkError) return isRepeatable && ifMatch === undefined;
  return error instanceof TwinError && error.code === 'unavailable' && error.details.status === undefined;
}

async function readText({ method, path, signal }: HttpRequest, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new NetworkError(`${method} ${path}`, error);
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TwinError('malformed', 'the answer is not JSON: is this the address of a Muster server?', {}, { cause });
  }
}
