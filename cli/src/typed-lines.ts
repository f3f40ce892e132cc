/** What is typed, line by line. Nothing is read before a line is asked for. */
export class TypedLines {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #text = '';

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  /** Undefined at the end; rejects with the signal's reason when that aborts first. */
  async line(signal: AbortSignal): Promise<string | undefined> {
    while (!this.#text.includes('\n')) {
      if (!(await this.#more(signal))) return this.#rest();
    }
    const [line = '', ...others] = this.#text.split('\n');
    this.#text = others.join('\n');
    return line;
  }

  async #more(signal: AbortSignal): Promise<boolean> {
    this.#chunks ??= this.#source[Symbol.asyncIterator]();
    const { value, done } = await unlessAborted(this.#chunks.next(), signal);
    if (done) return false;
    this.#text += this.#decoder.decode(value, { stream: true });
    return true;
  }

  #rest(): string | undefined {
    const rest = this.#text;
    this.#text = '';
    return rest === '' ? undefined : rest;
  }
}

function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
