import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { decodeUtf8, type JsonObject, LIMITS, parseObject, TwinError } from '@muster/twin';

export const JSON_TYPE = 'application/json';
export const MERGE_PATCH_TYPE = 'application/merge-patch+json';
/** Enough for 1 MiB; a slower client occupies only its own connection. */
const BODY_TIMEOUT_MS = 60_000;

export const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** Reads the whole body as a JSON object. The rest of a body that is too long is discarded, so that the client reads the answer. */
export async function readObject(payload: Readable, timeoutMs = BODY_TIMEOUT_MS): Promise<JsonObject> {
  const timer = setTimeout(() => payload.destroy(), timeoutMs);
  try {
    return parseObject(decodeUtf8(await readBytes(payload, LIMITS.httpBodyBytesMax)));
  } finally {
    clearTimeout(timer);
  }
}

/** Throws `unsupported-media-type` for a body that the route does not accept. */
export function checkMediaType({ headers }: IncomingMessage, accepted: readonly string[]): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new TwinError('unsupported-media-type', `a body must not be encoded as ${encoding}`);
  }
  if (accepted.includes(mediaType(headers['content-type']))) return;
  throw new TwinError('unsupported-media-type', `Content-Type must be ${accepted.join(' or ')}`);
}

function mediaType(header = ''): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

function readBytes(payload: Readable, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new TwinError('body-too-large', `a body has at most ${bytesMax} bytes`));
      }
    });
    payload.once('end', () => resolve(Buffer.concat(chunks)));
    payload.once('error', (cause) => reject(new TwinError('bad-request', 'the body broke off', {}, { cause })));
    payload.once('close', () => reject(new TwinError('bad-request', 'the body took too long')));
  });
}
