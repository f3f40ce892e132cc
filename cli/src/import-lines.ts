import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ImportLine } from '@muster/client';
import { asTwinError, type ImportResult, parseObject, TwinError } from '@muster/twin';

type Send = (lines: AsyncIterable<ImportLine>) => AsyncIterable<ImportResult>;

/**
 * Results in the order of the lines. Lines that are no JSON object are answered here; they are kept back until the
 * server has answered everything before them.
 */
export async function* importLines(
  bytes: AsyncIterable<Uint8Array>,
  send: Send,
): AsyncGenerator<ImportResult, void, undefined> {
  const waiting: (ImportResult | 'sent')[] = [];
  for await (const result of send(goodLines(bytes, waiting))) {
    yield* takeRefused(waiting);
    waiting.shift();
    yield result;
  }
  yield* takeRefused(waiting);
  if (waiting.length > 0)
    throw new TwinError('unavailable', `the server left ${waiting.length} lines without an answer`);
}

function* takeRefused(waiting: (ImportResult | 'sent')[]): Generator<ImportResult, void, undefined> {
  for (let first = waiting[0]; first !== undefined && first !== 'sent'; first = waiting[0]) {
    waiting.shift();
    yield first;
  }
}

async function* goodLines(
  bytes: AsyncIterable<Uint8Array>,
  waiting: (ImportResult | 'sent')[],
): AsyncGenerator<ImportLine, void, undefined> {
  for await (const text of createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue;
    const line = parseLine(text);
    if ('refused' in line) waiting.push(line.refused);
    else {
      waiting.push('sent');
      yield line.registration;
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
