import type { ImportResult, Registration } from '@muster/api';
import { TwinError } from '@muster/twin';
import { decodeText } from './decode-text.js';
import type { Http } from './http.js';
import { LineSource } from './line-source.js';
import { LineSplitter } from './line-splitter.js';

/** Where a body cannot be streamed (browsers without it), this many lines travel in one request. */
const IMPORT_BATCH_LINES_MAX = 500;
const PATH = '/v1/devices:import';

export interface ImportLine extends Registration {
  readonly id: string;
}

type Lines = AsyncIterable<ImportLine> | Iterable<ImportLine>;

/** NDJSON up and NDJSON down. Lines are taken from the source no faster than the server reads them. */
export async function* importDevices(
  http: Http,
  lines: Lines,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  if (canStreamBodies()) {
    yield* importStream(http, lines, signal);
    return;
  }
  for await (const batch of batches(lines)) yield* importBody(http, batch, signal);
}

/** A source that fails ends the request, and its own error is what the caller sees. */
async function* importStream(
  http: Http,
  lines: Lines,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  const left = new AbortController();
  const source = new LineSource(lines, http.clock);
  try {
    const ended = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
    yield* importBody(http, source.stream(), ended);
  } catch (error) {
    throw source.failure ?? error;
  } finally {
    left.abort();
    await source.close();
  }
}

async function* importBody(
  http: Http,
  body: string | ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  const contentType = 'application/x-ndjson';
  const response = await http.open({ method: 'POST', path: PATH, body, contentType, signal });
  const splitter = new LineSplitter();
  try {
    for await (const text of decodeText(`POST ${PATH}`, response)) yield* splitter.push(text).map(parseResult);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
  yield* splitter.end().map(parseResult);
}

function parseResult(line: string): ImportResult {
  try {
    return JSON.parse(line) as ImportResult;
  } catch (cause) {
    throw new TwinError('malformed', 'the server answered a line that is no JSON', {}, { cause });
  }
}

async function* batches(lines: Lines): AsyncGenerator<string, void, undefined> {
  let batch: string[] = [];
  for await (const line of lines) {
    batch.push(`${JSON.stringify(line)}\n`);
    if (batch.length < IMPORT_BATCH_LINES_MAX) continue;
    yield batch.join('');
    batch = [];
  }
  if (batch.length > 0) yield batch.join('');
}

/** A platform that knows no streamed bodies does not look at `duplex`, and takes the stream for a text. */
function canStreamBodies(): boolean {
  let isDuplexRead = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      isDuplexRead = true;
      return 'half' as const;
    },
  };
  const hasContentType = new Request('http://localhost', init).headers.has('content-type');
  return isDuplexRead && !hasContentType;
}
