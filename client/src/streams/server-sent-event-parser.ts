export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  /** The last id at the time of the event; empty if there was none. */
  readonly id: string;
}

/** Server-sent events as the HTML standard parses them (section 9.2.6), from text in arbitrary pieces. */
export class ServerSentEventParser {
  /** Where to resume. An id moves it without an event, too, once its block is complete. */
  lastEventId = '';
  #id = '';
  #event = '';
  #data: string[] = [];
  #rest = '';
  #endedInCarriageReturn = false;

  push(text: string): ServerSentEvent[] {
    const lines = this.#lines(text);
    return lines.flatMap((line) => (line === '' ? this.#dispatch() : this.#field(line)));
  }

  /** Lines end in CR LF, LF or CR; after a CR at the end of a piece, an LF at the start of the next is no line. */
  #lines(text: string): string[] {
    if (text === '') return [];
    const fresh = this.#endedInCarriageReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#endedInCarriageReturn = text.endsWith('\r');
    const lines = (this.#rest + fresh).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  #field(line: string): [] {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    return [];
  }

  #dispatch(): ServerSentEvent[] {
    this.lastEventId = this.#id;
    const { length } = this.#data;
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    this.#event = '';
    this.#data = [];
    return length === 0 ? [] : [event];
  }
}
