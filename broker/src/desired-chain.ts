import type { DeviceRecord } from '@muster/registry';
import { type DesiredMessage, diff, documentAt, type JsonObject } from '@muster/twin';

/** The document that the device has once it has taken every message sent on this connection. */
export interface Sent {
  readonly version: number;
  readonly document: JsonObject;
}

/** The message to send now, if any, and the state of the chain afterwards. */
export interface Step {
  readonly message?: DesiredMessage;
  readonly sent: Sent;
}

/**
 * Returns the first step after a SUBSCRIBE or a resumed session: a message from the version that the device last
 * acknowledged. It has no message if that version is current, or if no document was ever desired.
 */
export function begin(record: DeviceRecord): Step {
  const sent = current(record);
  const acknowledged = record.acknowledged?.version;
  if (sent.version === 0 || acknowledged === sent.version) return { sent };
  return { message: messageFrom(record, acknowledged, undefined), sent };
}

/** Returns a later step. The base of its message is the version of the message before it. */
export function proceed(record: DeviceRecord, last: Sent, diffOf = diff): Step {
  const sent = current(record);
  if (last.version === sent.version) return { sent };
  const message = { version: sent.version, base: last.version, desired: diffOf(last.document, sent.document) };
  return { message, sent };
}

/** Returns the reply to `$twin/get`: always a message, from the requested version if its document is known. */
export function replyToGet(
  record: DeviceRecord,
  requested: unknown,
  last: Sent | undefined,
): { message: DesiredMessage; sent: Sent } {
  const version = Number.isSafeInteger(requested) && (requested as number) > 0 ? (requested as number) : undefined;
  return { message: messageFrom(record, version, last), sent: current(record) };
}

function messageFrom(record: DeviceRecord, version: number | undefined, last: Sent | undefined): DesiredMessage {
  const { desired, desiredVersion } = record;
  const base = version === undefined ? undefined : documentOf(record, version, last);
  if (version === undefined || base === undefined) return { version: desiredVersion, base: 0, desired };
  return { version: desiredVersion, base: version, desired: diff(base, desired) };
}

function documentOf(record: DeviceRecord, version: number, last: Sent | undefined): JsonObject | undefined {
  if (version === record.desiredVersion) return record.desired;
  if (version < record.bornVersion) return undefined;
  return last?.version === version ? last.document : documentAt(record.desired, record.trail, version);
}

function current({ desired, desiredVersion }: DeviceRecord): Sent {
  return { version: desiredVersion, document: desired };
}
