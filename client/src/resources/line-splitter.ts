/** Cuts text that comes in pieces into lines ended by LF (NDJSON; a CR before it is whitespace to JSON). */
export class LineSplitter {
  #rest = '';

  /** The lines that are complete now, without those that are blank. */
  push(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter(isWritten);
  }

  /** The last line, which need not end in LF. */
  end(): string[] {
    return [this.#rest].filter(isWritten);
  }
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}
