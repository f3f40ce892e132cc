import {
  type AcknowledgementMessage,
  checkDocument,
  diff,
  isEmpty,
  type JsonObject,
  mergePatch,
  type ReportMessage,
  TwinError,
} from '@muster/twin';
import type { NewChange } from '../log/change.js';
import { timeText } from '../log/time-text.js';
import {
  type Acknowledgement,
  amended,
  type ConfigurationAssignment,
  type DeviceEntry,
  type DeviceRecord,
} from '../record/device-record.js';
import type { Decision } from '../store/store.js';
import { mustBeLive } from './patch-device.js';

/**
 * Stores a message of a device: a patch of reported, an acknowledgement of desired, or both. Both are stored or
 * neither.
 */
export function report(
  current: DeviceEntry | undefined,
  id: string,
  message: ReportMessage,
  now: number,
): Decision<'device', { readonly version: number }> {
  const record = mustBeLive(current, id);
  const changes: NewChange[] = [];
  const acknowledged = message.acknowledgement ? acknowledge(record, message.acknowledgement, now, changes) : record;
  const entry = message.reported ? mergeReported(acknowledged, message.reported, now, changes) : acknowledged;
  const result = { version: entry.reportedVersion };
  return changes.length === 0 ? { result } : { result, entry, changes };
}

function mergeReported(record: DeviceRecord, patch: JsonObject, now: number, changes: NewChange[]): DeviceRecord {
  const reported = mergePatch(record.reported, patch);
  const effective = diff(record.reported, reported);
  if (isEmpty(effective)) return record;
  checkDocument('reported', reported);
  const version = record.reportedVersion + 1;
  changes.push({
    kind: 'reported',
    device: record.id,
    data: { version, patch: effective, at: timeText(now) },
  });
  return amended(record, { reported, reportedVersion: version, lastSeenAt: now });
}

/**
 * Ignores an acknowledgement that is older than the last, repeated, or of an earlier registration. Refuses one of a
 * future version.
 */
function acknowledge(
  record: DeviceRecord,
  message: AcknowledgementMessage,
  now: number,
  changes: NewChange[],
): DeviceRecord {
  const { version, status, error } = message;
  if (version > record.desiredVersion) {
    throw new TwinError(
      'unknown-version',
      `there is no desired version ${version} yet: the newest is ${record.desiredVersion}`,
    );
  }
  if (isOutdated(record, version) || isKnown(record.acknowledged, message)) return record;
  const acknowledged: Acknowledgement = { version, status, ...(error === undefined ? {} : { error }), at: now };
  const { at, ...part } = acknowledged;
  changes.push({ kind: 'acknowledged', device: record.id, data: { ...part, at: timeText(at) } });
  return amended(record, {
    acknowledged,
    lastSeenAt: now,
    trail: record.trail.filter((step) => step.version >= version),
    configurations:
      status === 'applied' ? record.configurations.map((one) => applied(one, version)) : record.configurations,
  });
}

function isOutdated(record: DeviceRecord, version: number): boolean {
  return version === 0 || version < record.bornVersion || version < (record.acknowledged?.version ?? 0);
}

function isKnown(last: Acknowledgement | undefined, { version, status, error }: AcknowledgementMessage): boolean {
  return last?.version === version && last.status === status && last.error === error;
}

function applied(configuration: ConfigurationAssignment, version: number): ConfigurationAssignment {
  const { since } = configuration;
  return since !== undefined && since <= version && !configuration.applied
    ? { ...configuration, applied: true }
    : configuration;
}
