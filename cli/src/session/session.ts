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

/** One run of one command: whom it speaks to, where its output goes, and when it has to end. */
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
    // Every request listens to it, and fetch stops listening only when it is collected: many are no leak.
    setMaxListeners(0, this.signal);
    this.#release = this.#followEnds();
  }

  /** The server's API; made when first needed, since some commands need none. */
  get client(): Client {
    const connection = this.connection();
    this.#client ??= new Client({ url: connection.url, token: requireToken(connection) });
    return this.#client;
  }

  connection(mqtt?: string): Connection {
    return findConnection({ ...this.#options, mqtt }, this.terminal);
  }

  /** Data: a line, or several. */
  async print(text: string): Promise<void> {
    if (text !== '') await this.terminal.stdout.write(`${text}\n`);
  }

  /** What a person likes to know and a program does not need. */
  async printMessage(text: string): Promise<void> {
    if (!this.isQuiet) await this.terminal.stderr.write(`${text}\n`);
  }

  /** Asks a person who has to answer yes; where nobody is left to answer, that is a no. */
  async confirm(question: string): Promise<boolean> {
    await this.terminal.stderr.write(`${question} [y/N] `);
    const answer = await this.#nextLine();
    return /^\s*(y|yes)\s*$/i.test(answer ?? '');
  }

  /** Reads nothing before it is called, and keeps lines that were typed ahead; undefined at the end. */
  async #nextLine(): Promise<string | undefined> {
    const { signal } = this;
    signal.throwIfAborted();
    this.#answers ??= createInterface({ input: Readable.from(this.terminal.stdin), signal })[Symbol.asyncIterator]();
    const { value, done } = await this.#answers.next();
    signal.throwIfAborted();
    return done ? undefined : value;
  }

  /** A failure that does not end the command. */
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

/** Colours are for people who did not decline them (no-color.org). */
export function styleFor({ environment }: Terminal, sink: Sink, { color }: Pick<GlobalOptions, 'color'>): Style {
  const isDeclined = color === false || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return createStyle(sink.isTerminal && !isDeclined);
}
