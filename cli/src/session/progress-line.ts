import { displayWidth } from '../text/display-width.js';
import type { Session } from './session.js';

const UPDATE_INTERVAL_MS = 200;
/** Interval in a log file. */
const LOG_INTERVAL_MS = 5_000;
const CLEAR_LINE = '\r\u001b[K';

/** A line of progress on stderr: rewritten in place on a terminal, else printed every 5 seconds. */
export class ProgressLine {
  readonly #session: Session;
  readonly #text: () => string;
  #writtenAt: number;
  #isShown = false;

  constructor(session: Session, text: () => string) {
    this.#session = session;
    this.#text = text;
    this.#writtenAt = session.terminal.clock.now();
  }

  /** Writes the line if the interval has passed; call it as often as convenient. */
  async update(): Promise<void> {
    const { stderr, clock } = this.#session.terminal;
    const intervalMs = stderr.isTerminal ? UPDATE_INTERVAL_MS : LOG_INTERVAL_MS;
    if (this.#session.isQuiet || clock.now() - this.#writtenAt < intervalMs) return;
    this.#writtenAt = clock.now();
    this.#isShown = stderr.isTerminal;
    await stderr.write(
      stderr.isTerminal ? `${CLEAR_LINE}${fitted(this.#text(), stderr.columns)}` : `${this.#text()}\n`,
    );
  }

  /** Prints a message above the line. */
  async printAbove(text: string): Promise<void> {
    await this.clear();
    await this.#session.printMessage(text);
  }

  /** Removes the line. */
  async clear(): Promise<void> {
    if (this.#isShown) await this.#session.terminal.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** Cuts the text to one line: a wrapped line cannot be rewritten. */
function fitted(text: string, columns: number): string {
  return displayWidth(text) < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
