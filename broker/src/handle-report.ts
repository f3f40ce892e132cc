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

/** An answer on `$twin/accepted` or `$twin/rejected`. */
export interface ReportReply {
  readonly topic: string;
  readonly message: object;
}

/**
 * Takes a message of `$twin/reported`. Resolves once it is on disk or refused, with the answer that is due:
 * every refusal is told, an acceptance only when the report carried an id. Rejects when it could not be
 * stored: then nothing may be acknowledged.
 */
export async function handleReport(
  registry: Registry,
  actor: Actor,
  device: string,
  payload: Uint8Array,
): Promise<ReportReply | undefined> {
  let message: JsonObject = {};
  try {
    message = parseObject(decodeUtf8(payload));
    const report = parseReport(message);
    const { version } = await registry.devices.report(actor, device, report);
    const { id } = report;
    return id === undefined ? undefined : { topic: TOPICS.accepted, message: { id, version } };
  } catch (error) {
    if (!isTwinError(error) || error.code === 'unavailable') throw error;
    return refusal(reportId(message) ?? idWithin(payload), error);
  }
}

function refusal(id: string | undefined, { code, message: text, details }: TwinError): ReportReply | undefined {
  // The device was deleted while its report was on the way: its connection is about to end.
  if (code === 'not-found') return undefined;
  return { topic: TOPICS.rejected, message: { ...(id === undefined ? {} : { id }), code, message: text, ...details } };
}

/** The id of a report whose text was refused before it was read, because of its numbers or its depth. */
function idWithin(payload: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(payload));
    return isObject(value) ? reportId(value) : undefined;
  } catch {
    return undefined;
  }
}
