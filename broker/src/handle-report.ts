import type { Actor, Registry } from '@muster/registry';
import {
  decodeUtf8,
  isObject,
  isTwinError,
  type JsonObject,
  parseObject,
  parseReport,
  reportId,
  TOPICS,
  type TwinError,
} from '@muster/twin';

/** A reply on `$twin/accepted` or `$twin/rejected`. */
export interface ReportReply {
  readonly topic: string;
  readonly message: object;
}

/**
 * Handles a message on `$twin/reported`. Resolves once the report is on disk or refused, with the reply to send: one
 * for every refusal, and one for an accepted report that carries an id.
 * Rejects if the report could not be stored: then it must not be acknowledged.
 */
export function handleReport(
  { devices }: Pick<Registry, 'devices'>,
  actor: Actor,
  device: string,
  payload: Uint8Array,
): Promise<ReportReply | undefined> {
  let message: JsonObject = {};
  const refused = (error: unknown): ReportReply | undefined => {
    if (!isTwinError(error) || error.code === 'unavailable') throw error;
    return refusal(reportId(message) ?? idWithin(payload), error);
  };
  try {
    message = parseObject(decodeUtf8(payload));
    const report = parseReport(message);
    return devices.report(actor, device, report).then(({ version }) => acceptance(report.id, version), refused);
  } catch (error) {
    return Promise.resolve(error).then(refused);
  }
}

function acceptance(id: string | undefined, version: number): ReportReply | undefined {
  return id === undefined ? undefined : { topic: TOPICS.accepted, message: { id, version } };
}

function refusal(id: string | undefined, { code, message: text, details }: TwinError): ReportReply | undefined {
  // The device was deleted while its report was in flight: its connection is about to end.
  if (code === 'not-found') return undefined;
  return { topic: TOPICS.rejected, message: { ...(id === undefined ? {} : { id }), code, message: text, ...details } };
}

/** Returns the id of a report whose text was refused before it was read, because of its numbers or its depth. */
function idWithin(payload: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(payload));
    return isObject(value) ? reportId(value) : undefined;
  } catch {
    return undefined;
  }
}
