import { displayWidth } from '../text/display-width.js';
import type { Sink } from './terminal.js';

const PAINT = new RegExp(`${'\u001b'}\\[\\d+m`, 'g');

/** A block of lines on a terminal; each `show` replaces the one before. */
export class LiveBlock {
  readonly #sink: Sink;
  #rows = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async show(lines: readonly string[]): Promise<void> {
    const erase = this.#rows === 0 ? '' : `\u001b[${this.#rows}A\u001b[J`;
    this.#rows = lines.reduce((sum, line) => sum + rowsOf(line, this.#sink.columns), 0);
    await this.#sink.write(`${erase}${lines.join('\n')}\n`);
  }
}

/** A terminal wraps lines that are wider than it. */
function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(line.replaceAll(PAINT, '')) / Math.max(1, columns)));
}
