import type { DeviceRecord } from '@muster/registry';
import { type DesiredMessage, diff, documentAt, type JsonObject } from '@muster/twin';

/** What the device will have once it took everything that was sent on this connection. */
export interface Sent {
  readonly version: number;
  readonly document: JsonObject;
}

/** What to send now, if anything, and where the chain stands afterwards. */
export interface Step {
  readonly message?: DesiredMessage;
  readonly sent: Sent;
}

/**
 * The first step after a SUBSCRIBE or a resumed session: from what the device last acknowledged. Nothing when
 * that is current, or when there is nothing yet.
 */
export function begin(record: DeviceRecord): Step {
  const sent = current(record);
  const acknowledged = record.acknowledged?.version;
  if (sent.version === 0 || acknowledged === sent.version) return { sent };
  return { message: messageFrom(record, acknowledged, undefined), sent };
}

/** A later step: the base of a message is the version of the one before it. */
export function proceed(record: DeviceRecord, last: Sent, diffOf = diff): Step {
  const sent = current(record);
  if (last.version === sent.version) return { sent };
  const message = { version: sent.version, base: last.version, desired: diffOf(last.document, sent.document) };
  return { message, sent };
}

/** The answer to `$twin/get`: always a message, from the version asked for when a way leads there. */
export function answer(
  record: DeviceRecord,
  asked: unknown,
  last: Sent | undefined,
): { message: DesiredMessage; sent: Sent } {
  const version = Number.isSafeInteger(asked) && (asked as number) > 0 ? (asked as number) : undefined;
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
