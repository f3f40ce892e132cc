import { isObject, type JsonObject } from '../json/json.js';
import { TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { exceedsUtf8, truncateUtf8 } from '../text/utf8.js';

/** A device reports whether it applied a desired version. Only `failed` has an `error`, cut to its limit. */
export interface AcknowledgementMessage {
  readonly version: number;
  readonly status: 'applied' | 'failed';
  readonly error?: string;
}

/** A valid message on `$twin/reported`. A message with an `id` gets an answer. */
export interface ReportMessage {
  readonly id?: string | undefined;
  readonly reported?: JsonObject | undefined;
  readonly acknowledgement?: AcknowledgementMessage | undefined;
}

/** Parses a message on `$twin/reported`. Every fault is `malformed`. */
export function parseReport(message: JsonObject): ReportMessage {
  const id = reportId(message);
  if (id === undefined && message.id !== undefined) {
    throw malformed(`"id" must be a text of at most ${LIMITS.reportIdBytesMax} bytes`);
  }
  const { reported } = message;
  if (reported !== undefined && !isObject(reported)) throw malformed('"reported" must be an object');
  const acknowledgement = parseAcknowledgement(message);
  if (reported === undefined && acknowledgement === undefined) {
    throw malformed('a report has at least one of "reported", "applied" and "failed"');
  }
  return { id, reported, acknowledgement };
}

/** Returns the id, or undefined if it is invalid. A rejection carries the id even if the rest is malformed. */
export function reportId({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && !exceedsUtf8(id, LIMITS.reportIdBytesMax) ? id : undefined;
}

function parseAcknowledgement({ applied, failed, error }: JsonObject): AcknowledgementMessage | undefined {
  if (applied !== undefined && failed !== undefined) throw malformed('"applied" and "failed" exclude each other');
  if (applied !== undefined) return { version: version(applied, 'applied'), status: 'applied' };
  if (failed === undefined) return undefined;
  if (error !== undefined && typeof error !== 'string') throw malformed('"error" must be a text');
  const told = error === undefined ? {} : { error: truncateUtf8(error, LIMITS.errorTextBytesMax) };
  return { version: version(failed, 'failed'), status: 'failed', ...told };
}

function version(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw malformed(`"${name}" must be a version: a whole number`);
}

function malformed(message: string): TwinError {
  return new TwinError('malformed', message);
}
