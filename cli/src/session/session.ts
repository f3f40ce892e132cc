import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Client } from '@muster/client';
import { describeError } from '../failure/describe-error.js';
import { Interrupted } from '../failure/interrupted.js';
import { TimedOut } from '../failure/timed-out.js';
import type { GlobalOptions } from '../options/global-options.js';
import { createStyle, type Style } from '../text/style.js';
import { type Connection, findConnection, requireToken } from './connection.js';
import type { Sink, Terminal } from './terminal.js';

/** One run of one command: its server, its terminal and the signal that ends it. */
export class Session {
  readonly terminal: Terminal;
  /** Aborts with `TimedOut` or `Interrupted`. */
  readonly signal: AbortSignal;
  /** For stdout. */
  readonly style: Style;
  /** For stderr. */
  readonly messageStyle: Style;
  readonly isQuiet: boolean;
  readonly #options: GlobalOptions;
  readonly #ended = new AbortController();
  readonly #release: () => void;
  #answers: AsyncIterator<string> | undefined;
  #client: Client | undefined;

  constructor(terminal: Terminal, options: GlobalOptions) {
    this.terminal = terminal;
    this.#options = options;
    this.isQuiet = options.quiet === true;
    this.style = styleFor(terminal, terminal.stdout, options);
    this.messageStyle = styleFor(terminal, terminal.stderr, options);
    this.signal = this.#ended.signal;
    // Each request adds a listener, and fetch removes it only at garbage collection: many listeners are no leak.
    setMaxListeners(0, this.signal);
    this.#release = this.#followEnds();
  }

  /** The client of the server; created on first use, because some commands need none. */
  get client(): Client {
    const connection = this.connection();
    this.#client ??= new Client({ url: connection.url, token: requireToken(connection) });
    return this.#client;
  }

  connection(mqtt?: string): Connection {
    return findConnection({ ...this.#options, mqtt }, this.terminal);
  }

  /** Prints one or more lines of data. */
  async print(text: string): Promise<void> {
    if (text !== '') await this.terminal.stdout.write(`${text}\n`);
  }

  /** Prints a message for the user, unless `--quiet`. */
  async printMessage(text: string): Promise<void> {
    if (!this.isQuiet) await this.terminal.stderr.write(`${text}\n`);
  }

  /** Asks the user a question. Reports whether the answer is yes; the end of the input is a no. */
  async confirm(question: string): Promise<boolean> {
    await this.terminal.stderr.write(`${question} [y/N] `);
    const answer = await this.#nextLine();
    return /^\s*(y|yes)\s*$/i.test(answer ?? '');
  }

  /** Starts to read on the first call, and keeps lines typed ahead; undefined at the end of the input. */
  async #nextLine(): Promise<string | undefined> {
    const { signal } = this;
    signal.throwIfAborted();
    this.#answers ??= createInterface({ input: Readable.from(this.terminal.stdin), signal })[Symbol.asyncIterator]();
    const { value, done } = await this.#answers.next();
    signal.throwIfAborted();
    return done ? undefined : value;
  }

  /** Prints an error that does not end the command. */
  async printError(error: unknown): Promise<void> {
    await this.terminal.stderr.write(`${describeError(error, this.messageStyle)}\n`);
  }

  close(): void {
    this.#release();
  }

  #followEnds(): () => void {
    const { signal, clock } = this.terminal;
    const { timeout } = this.#options;
    const interrupt = (): void => this.#ended.abort(new Interrupted());
    const cancel =
      timeout === undefined ? () => {} : clock.after(timeout, () => this.#ended.abort(new TimedOut(timeout)));
    signal.addEventListener('abort', interrupt);
    if (signal.aborted) interrupt();
    return () => {
      signal.removeEventListener('abort', interrupt);
      cancel();
    };
  }
}

/** Colours only on a terminal, and only if not disabled (no-color.org). */
export function styleFor({ environment }: Terminal, sink: Sink, { color }: Pick<GlobalOptions, 'color'>): Style {
  const isDisabled = color === false || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return createStyle(sink.isTerminal && !isDisabled);
}
