import type { DeviceRecord } from '../device-record.js';
import type { EncodedDevice } from './encoded-device.js';

/**
 * Writes out only what is another value than `before`, the same device as it was read or written last, or `beside`,
 * the device that was written before this one: a push changes a small part of many records, and often in the same way.
 */
export function encodeDevice(record: DeviceRecord, before?: EncodedDevice, beside?: EncodedDevice): EncodedDevice {
  return {
    record,
    name: before && before.record.name === record.name ? before.name : nameOf(record),
    registration: alike(isSameRegistration, record, before, beside)?.registration ?? registrationOf(record),
    credential: record.credential,
    tags: documentOf('tags', record, before, beside),
    ownDesired: documentOf('ownDesired', record, before, beside),
    desired: documentOf('desired', record, before, beside),
    standing: alike(isSameStanding, record, before, beside)?.standing ?? standingOf(record),
    reported: documentOf('reported', record, before, beside),
    contact: alike(isSameContact, record, before, beside)?.contact ?? contactOf(record),
  };
}

function documentOf(
  name: 'tags' | 'ownDesired' | 'desired' | 'reported',
  record: DeviceRecord,
  before?: EncodedDevice,
  beside?: EncodedDevice,
): string {
  if (before?.record[name] === record[name]) return before[name];
  if (beside?.record[name] === record[name]) return beside[name];
  return JSON.stringify(record[name]);
}

function alike(
  isSame: (left: DeviceRecord, right: DeviceRecord) => boolean,
  record: DeviceRecord,
  before?: EncodedDevice,
  beside?: EncodedDevice,
): EncodedDevice | undefined {
  if (before && isSame(before.record, record)) return before;
  return beside && isSame(beside.record, record) ? beside : undefined;
}

function isSameRegistration(left: DeviceRecord, right: DeviceRecord): boolean {
  return left.revision === right.revision && left.enabled === right.enabled && left.createdAt === right.createdAt;
}

function isSameStanding(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.desiredVersion === right.desiredVersion &&
    left.trail === right.trail &&
    left.configurations === right.configurations &&
    left.bornVersion === right.bornVersion &&
    left.problem === right.problem &&
    left.admissions === right.admissions
  );
}

function isSameContact(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.reportedVersion === right.reportedVersion &&
    left.acknowledged === right.acknowledged &&
    left.connected === right.connected &&
    left.lastSeenAt === right.lastSeenAt
  );
}

function nameOf({ name }: DeviceRecord): string {
  return name === undefined ? '' : JSON.stringify(name);
}

function registrationOf({ enabled, createdAt, revision }: DeviceRecord): string {
  return JSON.stringify({ enabled, createdAt, revision });
}

function standingOf(record: DeviceRecord): string {
  const { desiredVersion, bornVersion, trail, configurations, problem, admissions } = record;
  return JSON.stringify({ desiredVersion, bornVersion, trail, configurations, problem, admissions });
}

function contactOf({ reportedVersion, acknowledged, connected, lastSeenAt }: DeviceRecord): string {
  return JSON.stringify({ reportedVersion, acknowledged, connected, lastSeenAt });
}
