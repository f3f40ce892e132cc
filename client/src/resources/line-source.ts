import type { Clock } from '@muster/twin';

/** Lines that are there at once travel together, up to about this many characters. */
const CHUNK_LENGTH = 64 * 1024;
const WAITING = Symbol('waiting');

/** Values from an iterable as chunks of NDJSON: as large as they come at once, never waiting for more. */
export class LineSource {
  /** What the iterable threw. */
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

  /** Tells the iterable that no more is wanted. One that is still at work on a value hears of it when it is done. */
  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const closed = Promise.resolve(this.#iterator.return?.());
    if (this.#pending === undefined) await closed;
    else closed.catch(() => {});
  }

  /** At least one line, or nothing at the end. */
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

  /** The next value, asked for once however often it is waited for. */
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
