import type { Registry } from '@muster/registry';
import {
  decodeUtf8,
  isTwinError,
  type JsonObject,
  parseObject,
  parseReport,
  reportId,
  TOPICS,
  type TwinError,
} from '@muster/twin';

/** An answer on `$twin/accepted` or `$twin/rejected`. */
export interface ReportAnswer {
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
  device: string,
  payload: Uint8Array,
): Promise<ReportAnswer | undefined> {
  let message: JsonObject = {};
  try {
    message = parseObject(decodeUtf8(payload));
    const report = parseReport(message);
    const { version } = await registry.report(device, report);
    const { id } = report;
    return id === undefined ? undefined : { topic: TOPICS.accepted, message: { id, version } };
  } catch (error) {
    if (!isTwinError(error) || error.code === 'unavailable') throw error;
    return refusal(message, error);
  }
}

function refusal(message: JsonObject, { code, message: text, details }: TwinError): ReportAnswer | undefined {
  // The device was deleted while its report was on the way: its connection is about to end.
  if (code === 'not-found') return undefined;
  const id = reportId(message);
  return { topic: TOPICS.rejected, message: { ...(id === undefined ? {} : { id }), code, message: text, ...details } };
}
