import { Readable } from 'node:stream';
import type { ImportResult } from '@muster/api';
import { ImportResultSchema, RegistrationSchema } from '@muster/api';
import type { Actor, Registry } from '@muster/registry';

import {
  asTwinError,
  type Clock,
  checkId,
  decodeUtf8,
  isId,
  type JsonObject,
  LIMITS,
  PROBLEMS,
  parseObject,
  TwinError,
} from '@muster/twin';
import type { AppParts } from '../framework/app-parts.js';
import { NDJSON_TYPES } from '../framework/body.js';
import { inSlices } from '../framework/in-slices.js';
import type { Route } from '../framework/route.js';
import { inOrder } from './in-order.js';
import { type Line, readLines } from './lines.js';

/** Lines in progress at a time: enough to share the flushes of the store, few enough to bound the memory. */
const IMPORT_LINES_IN_FLIGHT_MAX = 256;
/** Answers buffered for a client that sends everything before it reads; beyond this the server stops reading. */
const IMPORT_ANSWER_BYTES_MAX = 4 * 1024 * 1024;

export function importRoute({ registry, clock }: AppParts): Route {
  return {
    method: 'POST',
    path: '/devices:import',
    tag: 'devices',
    summary: 'Register any number of devices',
    description:
      'One JSON object per line: a registration with its `id`. The answer has one line for each, in the same order: ' +
      '`{"id","status":201|200,"secret"?}` or `{"id"?,"status":400,"code","detail"}`. A line that fails stops no other.',
    body: {
      mediaTypes: NDJSON_TYPES,
      schema: RegistrationSchema,
      isStream: true,
      example: '{"id":"pump-1","tags":{"region":"eu"}}\n{"id":"pump-2"}\n',
    },
    answers: {
      200: {
        description: 'One result per line',
        mediaType: 'application/x-ndjson',
        itemSchema: ImportResultSchema,
      },
    },
    refuses: ['unsupported-media-type'],
    handle: async ({ principal, request }) => {
      const answers = importLines({ registry, clock, actor: principal }, readLines(request, LIMITS.importLineBytesMax));
      const stream = Readable.from(answers, { objectMode: false, highWaterMark: IMPORT_ANSWER_BYTES_MAX });
      return { status: 200, stream, mediaType: 'application/x-ndjson' };
    },
  };
}

interface ImportParts {
  readonly registry: Registry;
  readonly clock: Pick<Clock, 'now'>;
  readonly actor: Actor;
}

/** Registers many lines at a time, and yields the results in order. */
export async function* importLines(
  { registry, clock, actor }: ImportParts,
  lines: AsyncIterable<Line>,
): AsyncGenerator<string> {
  const previous = new Map<string, Promise<unknown>>();
  const start = (line: Line): Promise<ImportResult> => {
    const parsed = parseLine(line);
    if ('code' in parsed) return Promise.resolve(parsed);
    const { id, body } = parsed;
    const before = previous.get(id) ?? Promise.resolve();
    const result = before.then(() => registerLine({ registry, actor }, id, body));
    const settled = result
      .catch(() => {})
      .then(() => {
        if (previous.get(id) === settled) previous.delete(id);
      });
    previous.set(id, settled);
    return result;
  };
  for await (const result of inOrder(inSlices(notBlank(lines), clock), start, IMPORT_LINES_IN_FLIGHT_MAX)) {
    yield `${JSON.stringify(result)}\n`;
  }
}

async function* notBlank(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  for await (const line of lines) if (line.kind === 'too-long' || !isBlank(line.bytes)) yield line;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

type Refusal = Extract<ImportResult, { status: 400 }>;

function parseLine(line: Line): { readonly id: string; readonly body: JsonObject } | Refusal {
  let id: unknown;
  try {
    if (line.kind === 'too-long') {
      throw new TwinError('too-large', `a line has at most ${LIMITS.importLineBytesMax} bytes`);
    }
    const body = parseObject(decodeUtf8(line.bytes));
    id = body.id;
    return { id: checkId(id), body };
  } catch (error) {
    return refusal(asTwinError(error), id);
  }
}

async function registerLine(
  { registry, actor }: Pick<ImportParts, 'registry' | 'actor'>,
  id: string,
  body: JsonObject,
): Promise<ImportResult> {
  try {
    const { isNew, secret } = await registry.devices.register(actor, id, body);
    return { id, status: isNew ? 201 : 200, ...(secret === undefined ? {} : { secret }) };
  } catch (error) {
    return refusal(asTwinError(error), id);
  }
}

/** Returns the result of a bad line. Any other failure, such as a store that cannot write, ends the import. */
function refusal(error: TwinError, id: unknown): Refusal {
  const { status } = PROBLEMS[error.code];
  if (status !== 400) throw error;
  const named = isId(id) || (typeof id === 'string' && id.length <= 256) ? { id: id as string } : {};
  return { ...named, status, code: error.code, detail: error.message };
}
