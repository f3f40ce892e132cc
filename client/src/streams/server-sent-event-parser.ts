export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  /** The last id at the time of the event; empty if there is none. */
  readonly id: string;
}

/** Parses server-sent events as the HTML standard does (section 9.2.6), from text in pieces of any size. */
export class ServerSentEventParser {
  /** The id to resume from. A complete block with an id and no data moves it as well. */
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

  /** Lines end in CR LF, LF or CR. A CR LF may be split between two pieces. */
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
