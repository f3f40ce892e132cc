import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ImportResult } from '@muster/api';
import type { ImportLine } from '@muster/client';
import { asTwinError, parseObject, TwinError } from '@muster/twin';

type Send = (lines: AsyncIterable<ImportLine>) => AsyncIterable<ImportResult>;

/** The result of one line of the file. */
export interface LineResult {
  /** Counted from 1, blank lines included; those have no result. */
  readonly line: number;
  readonly result: ImportResult;
}

/** A line that was sent, or was refused before sending. */
interface PendingLine {
  readonly line: number;
  readonly refused?: ImportResult;
}

/**
 * Yields results in the order of the lines. Lines that are not JSON objects are refused here; their results wait until
 * the server has answered all lines before them.
 */
export async function* importLines(
  bytes: AsyncIterable<Uint8Array>,
  send: Send,
): AsyncGenerator<LineResult, void, undefined> {
  const waiting: PendingLine[] = [];
  for await (const result of send(validLines(bytes, waiting))) {
    yield* drainRefused(waiting);
    const sent = waiting.shift();
    if (sent === undefined) throw new TwinError('malformed', 'the server answered more lines than were sent');
    yield { line: sent.line, result };
  }
  yield* drainRefused(waiting);
  if (waiting.length > 0) throw new TwinError('unavailable', `the server did not answer ${waiting.length} lines`);
}

function* drainRefused(waiting: PendingLine[]): Generator<LineResult, void, undefined> {
  for (let first = waiting[0]; first?.refused !== undefined; first = waiting[0]) {
    waiting.shift();
    yield { line: first.line, result: first.refused };
  }
}

async function* validLines(
  bytes: AsyncIterable<Uint8Array>,
  waiting: PendingLine[],
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

/** Refuses only lines that JSON cannot carry; the server checks the registration. */
function parseLine(text: string): { readonly registration: ImportLine } | { readonly refused: ImportResult } {
  try {
    return { registration: parseObject(text) as unknown as ImportLine };
  } catch (error) {
    const { code, message: detail } = asTwinError(error);
    return { refused: { status: 400, code, detail } };
  }
}
