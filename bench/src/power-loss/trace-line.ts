/** A system call as strace shows it. */
export interface TracedCall {
  readonly number: number;
  readonly name: string;
  /** The text between the parentheses. */
  readonly text: string;
}

/** The content of a line: a call began, a call ended, or both. */
export interface TracedLine {
  readonly began?: TracedCall;
  readonly ended?: TracedCall & { readonly result: string };
}

const BEGINNING = /^(\d+) +(\w+)\(/;
const RESUMPTION = /^(\d+) +<\.\.\. \w+ resumed>/;
const UNFINISHED = ' <unfinished ...>';

/** Joins the two lines of a call that was interrupted by a line of another thread. */
export class TraceLines {
  readonly #inFlight = new Map<string, TracedCall>();
  #count = 0;

  read(line: string): TracedLine {
    const [resumption, resumed = ''] = RESUMPTION.exec(line) ?? [];
    if (resumption !== undefined) return this.#resume(resumed, line.slice(resumption.length));
    const [beginning, thread = '', name = ''] = BEGINNING.exec(line) ?? [];
    if (beginning === undefined) return {};
    this.#count += 1;
    const rest = line.slice(beginning.length);
    if (!rest.endsWith(UNFINISHED)) {
      const ended = { number: this.#count, name, ...withResult(rest) };
      return { began: ended, ended };
    }
    const began = { number: this.#count, name, text: rest.slice(0, -UNFINISHED.length) };
    this.#inFlight.set(thread, began);
    return { began };
  }

  #resume(thread: string, rest: string): TracedLine {
    const call = this.#inFlight.get(thread);
    this.#inFlight.delete(thread);
    return call ? { ended: { ...call, ...withResult(call.text + rest) } } : {};
  }
}

/** `17, "\x61", 1)   = 1` */
function withResult(rest: string): { readonly text: string; readonly result: string } {
  const equals = rest.lastIndexOf(' = ');
  return { text: rest.slice(0, equals).trimEnd().slice(0, -1), result: rest.slice(equals + 3) };
}
