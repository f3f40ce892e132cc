/** Splits text that arrives in pieces into lines ended by LF (NDJSON; a CR before it is whitespace to JSON). */
export class LineSplitter {
  #rest = '';

  /** Returns the lines that are complete now, without blank ones. */
  push(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter(isWritten);
  }

  /** Returns the last line, which may lack its LF. */
  end(): string[] {
    return [this.#rest].filter(isWritten);
  }
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}
