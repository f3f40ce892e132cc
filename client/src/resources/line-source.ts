import type { Clock } from '@muster/twin';

/** Lines available at the same time are sent in one chunk, up to about this many characters. */
const CHUNK_LENGTH = 64 * 1024;
const WAITING = Symbol('waiting');

/** Turns the values of an iterable into chunks of NDJSON. A chunk has the lines available now; it waits for no more. */
export class LineSource {
  /** The error that the iterable threw. */
  failure: unknown;
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #clock: Clock;
  #pending: Promise<IteratorResult<unknown>> | undefined;
  #isDone = false;

  constructor(values: AsyncIterable<unknown> | Iterable<unknown>, clock: Clock) {
    this.#iterator = Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
    this.#clock = clock;
  }

  stream(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    return new ReadableStream({
      pull: async (controller) => {
        const text = await this.#chunk();
        if (text === '') controller.close();
        else controller.enqueue(encoder.encode(text));
      },
    });
  }

  /** Ends the iterable. If it is still producing a value, it ends after that. */
  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const closed = Promise.resolve(this.#iterator.return?.());
    if (this.#pending === undefined) await closed;
    else closed.catch(() => {});
  }

  /** Resolves with at least one line, or with an empty text at the end. */
  async #chunk(): Promise<string> {
    if (this.#isDone) return '';
    let text = await this.#line();
    const pause = new Promise<typeof WAITING>((resolve) => this.#clock.after(0, () => resolve(WAITING)));
    while (!this.#isDone && text.length < CHUNK_LENGTH) {
      if ((await Promise.race([this.#next(), pause])) === WAITING) break;
      text += await this.#line();
    }
    return text;
  }

  async #line(): Promise<string> {
    const { done, value } = await this.#next();
    this.#pending = undefined;
    this.#isDone ||= done === true;
    return done ? '' : `${JSON.stringify(value)}\n`;
  }

  /** Resolves with the next value. Several calls share one request. */
  #next(): Promise<IteratorResult<unknown>> {
    if (this.#pending === undefined) {
      this.#pending = this.#ask();
      this.#pending.catch(() => {});
    }
    return this.#pending;
  }

  async #ask(): Promise<IteratorResult<unknown>> {
    try {
      return await this.#iterator.next();
    } catch (error) {
      this.failure = error;
      this.#isDone = true;
      throw error;
    }
  }
}
