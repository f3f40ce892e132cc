import { displayWidth } from '../text/display-width.js';
import type { Session } from './session.js';

const UPDATE_INTERVAL_MS = 200;
/** In a log file, a line now and then is enough. */
const LOG_INTERVAL_MS = 5_000;
const CLEAR_LINE = '\r\u001b[K';

/** One line on stderr that is written over and over; where nobody looks, a line now and then. */
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

  /** To be called as often as one likes. */
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

  /** A message of its own, above the line. */
  async printAbove(text: string): Promise<void> {
    await this.clear();
    await this.#session.printMessage(text);
  }

  /** Takes the line away. */
  async clear(): Promise<void> {
    if (this.#isShown) await this.#session.terminal.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** A line that wraps could not be written over. */
function fitted(text: string, columns: number): string {
  return displayWidth(text) < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
