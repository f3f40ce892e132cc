import { type JsonObject, mergePatch } from '@muster/twin';
import { checkPrecondition, type Precondition } from '../input/revision.js';
import type { NewChange } from '../log/change.js';
import { timeText } from '../log/time-text.js';
import type { DeviceEntry, DeviceRecord, DeviceTombstone } from '../record/device-record.js';
import type { Decision } from '../store/store.js';
import { mustBeLive } from './patch-device.js';
import { deviceChange } from './register.js';

/**
 * Deletes a device. The deletion counts as one change of each document that is not at version 0. A tombstone keeps the
 * counters, so that a later registration never uses a version again.
 */
export function removeDevice(
  current: DeviceEntry | undefined,
  id: string,
  { now, precondition }: { now: number; precondition: Precondition },
): Decision<'device', DeviceRecord> {
  const record = mustBeLive(current, id);
  checkPrecondition(precondition, record.revision);
  const entry: DeviceTombstone = {
    id,
    deleted: true,
    desiredVersion: next(record.desiredVersion),
    reportedVersion: next(record.reportedVersion),
    revision: record.revision + 1,
  };
  return { result: record, entry, changes: farewell(record, entry, now) };
}

function next(version: number): number {
  return version === 0 ? 0 : version + 1;
}

/** A consumer that folds the events ends up with empty documents. */
function farewell(
  record: DeviceRecord,
  { desiredVersion, reportedVersion }: DeviceTombstone,
  now: number,
): NewChange[] {
  const [device, at] = [record.id, timeText(now)];
  const changes: NewChange[] = [];
  if (desiredVersion > 0) {
    const data = { version: desiredVersion, patch: emptying(record.desired), at, configurations: [] };
    changes.push({ kind: 'desired', device, data });
  }
  if (reportedVersion > 0) {
    changes.push({
      kind: 'reported',
      device,
      data: { version: reportedVersion, patch: emptying(record.reported), at },
    });
  }
  if (record.connected) changes.push({ kind: 'presence', device, data: { connected: false, at, reason: 'deleted' } });
  changes.push(deviceChange(device, 'deleted', now));
  return changes;
}

function emptying(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(mergePatch({}, document)).map((name) => [name, null]));
}
