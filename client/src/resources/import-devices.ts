import type { ImportResult, Registration } from '@muster/api';
import { TwinError } from '@muster/twin';
import { decodeText } from '../transport/decode-text.js';
import type { Http } from '../transport/http.js';
import { LineSource } from './line-source.js';
import { LineSplitter } from './line-splitter.js';

/** Lines in one request on platforms that cannot stream a body, such as some browsers. */
const IMPORT_BATCH_LINES_MAX = 500;
const PATH = '/v1/devices:import';

export interface ImportLine extends Registration {
  readonly id: string;
}

type Lines = AsyncIterable<ImportLine> | Iterable<ImportLine>;

/** Sends and receives NDJSON. Takes lines from the source no faster than the server reads them. */
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

/** If the source fails, the request ends and the caller gets the error of the source. */
async function* importStream(
  http: Http,
  lines: Lines,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  const stopped = new AbortController();
  const source = new LineSource(lines, http.clock);
  try {
    const ended = signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal]);
    yield* importBody(http, source.stream(), ended);
  } catch (error) {
    throw source.failure ?? error;
  } finally {
    stopped.abort();
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
    throw new TwinError('malformed', 'the server answered with a line that is not JSON', {}, { cause });
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

/** A platform without streamed bodies does not read `duplex` and converts the stream to a text. */
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
