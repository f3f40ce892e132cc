import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ImportResult } from '@muster/api';
import type { ImportLine } from '@muster/client';
import { asTwinError, parseObject, TwinError } from '@muster/twin';

type Send = (lines: AsyncIterable<ImportLine>) => AsyncIterable<ImportResult>;

/** How one line of the file went. */
export interface LineResult {
  /** From 1; blank lines count, and have no result. */
  readonly line: number;
  readonly result: ImportResult;
}

/** A line that was sent, or that was refused here. */
interface Waiting {
  readonly line: number;
  readonly refused?: ImportResult;
}

/**
 * Results in the order of the lines. Lines that are no JSON object are answered here; they are kept back until the
 * server has answered everything before them.
 */
export async function* importLines(
  bytes: AsyncIterable<Uint8Array>,
  send: Send,
): AsyncGenerator<LineResult, void, undefined> {
  const waiting: Waiting[] = [];
  for await (const result of send(goodLines(bytes, waiting))) {
    yield* takeRefused(waiting);
    const sent = waiting.shift();
    if (sent === undefined) throw new TwinError('malformed', 'the server answered more lines than it was sent');
    yield { line: sent.line, result };
  }
  yield* takeRefused(waiting);
  if (waiting.length > 0)
    throw new TwinError('unavailable', `the server left ${waiting.length} lines without an answer`);
}

function* takeRefused(waiting: Waiting[]): Generator<LineResult, void, undefined> {
  for (let first = waiting[0]; first?.refused !== undefined; first = waiting[0]) {
    waiting.shift();
    yield { line: first.line, result: first.refused };
  }
}

async function* goodLines(
  bytes: AsyncIterable<Uint8Array>,
  waiting: Waiting[],
): AsyncGenerator<ImportLine, void, undefined> {
  let line = 0;
  for await (const text of createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === '') continue;
    const parsed = parseLine(text);
    if ('refused' in parsed) waiting.push({ line, refused: parsed.refused });
    else {
      waiting.push({ line });
      yield parsed.registration;
    }
  }
}

/** What a registration may hold is for the server to say; what would not survive the way there is refused here. */
function parseLine(text: string): { readonly registration: ImportLine } | { readonly refused: ImportResult } {
  try {
    return { registration: parseObject(text) as unknown as ImportLine };
  } catch (error) {
    const { code, message: detail } = asTwinError(error);
    return { refused: { status: 400, code, detail } };
  }
}
