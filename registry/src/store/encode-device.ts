import type { DeviceRecord } from '../device-record.js';

/** A record as JSON text in parts, each of which may be taken over where its value stays the same. */
export interface EncodedDevice {
  readonly record: DeviceRecord;
  /** What operators write, members without the braces. */
  readonly registration: string;
  readonly desired: string;
  readonly trail: string;
  readonly configurations: string;
  readonly reported: string;
}

/**
 * Writes out only what is another value than `before`, the same device as it was written last, or `beside`, the
 * device that was written before this one: a push changes a small part of many records, and often in the same way.
 */
export function encodeDevice(record: DeviceRecord, before?: EncodedDevice, beside?: EncodedDevice): EncodedDevice {
  const part = (name: 'desired' | 'trail' | 'configurations' | 'reported'): string => {
    if (before?.record[name] === record[name]) return before[name];
    if (beside?.record[name] === record[name]) return beside[name];
    return JSON.stringify(record[name]);
  };
  return {
    record,
    registration: before && isSameRegistration(before.record, record) ? before.registration : registrationOf(record),
    desired: part('desired'),
    trail: part('trail'),
    configurations: part('configurations'),
    reported: part('reported'),
  };
}

/** The same value that JSON.stringify would write. */
export function textOf({ record, registration, desired, trail, configurations, reported }: EncodedDevice): string {
  const { desiredVersion, bornVersion, problem, reportedVersion, acknowledged, connected, lastSeenAt } = record;
  let text = `{${registration},"desired":${desired},"desiredVersion":${desiredVersion},"bornVersion":${bornVersion},"trail":${trail},"configurations":${configurations},"reported":${reported},"reportedVersion":${reportedVersion},"connected":${connected}`;
  if (problem !== undefined) text += `,"problem":${JSON.stringify(problem)}`;
  if (acknowledged !== undefined) text += `,"acknowledged":${JSON.stringify(acknowledged)}`;
  if (lastSeenAt !== undefined) text += `,"lastSeenAt":${lastSeenAt}`;
  return `${text}}`;
}

function registrationOf(record: DeviceRecord): string {
  const { id, deleted, name, tags, enabled, credential, createdAt, revision, ownDesired } = record;
  return JSON.stringify({ id, deleted, name, tags, enabled, credential, createdAt, revision, ownDesired }).slice(1, -1);
}

function isSameRegistration(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.revision === right.revision &&
    left.tags === right.tags &&
    left.ownDesired === right.ownDesired &&
    left.credential === right.credential &&
    left.name === right.name &&
    left.enabled === right.enabled &&
    left.createdAt === right.createdAt
  );
}
