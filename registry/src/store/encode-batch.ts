import type { Change } from '../change.js';
import { type DeviceEntry, type DeviceRecord, isLive } from '../device-record.js';
import type { EntryKind } from '../store.js';
import { encodeDevice } from './encode-device.js';
import { type EncodedDevice, rowOf } from './encoded-device.js';
import { type Segment, segmentsOf } from './lmdb-log.js';
import type { StoredEntry } from './stored-entry.js';

export interface Row {
  readonly kind: EntryKind;
  readonly id: string;
  readonly text: string;
  readonly stored: StoredEntry;
}

/** A batch as it goes to disk. */
export interface EncodedBatch {
  readonly rows: readonly Row[];
  readonly segments: readonly Segment[];
}

/** Each entry beside what it was when it was read or written last. */
export type EntriesToWrite = Readonly<Record<EntryKind, ReadonlyMap<string, StoredEntry>>>;

export function encodeBatch({ device, configuration }: EntriesToWrite, changes: readonly Change[]): EncodedBatch {
  const rows: Row[] = [];
  let beside: EncodedDevice | undefined;
  for (const [id, { entry, encoded: before }] of device) {
    if (isLive(entry as DeviceEntry)) {
      beside = encodeDevice(entry as DeviceRecord, before, beside);
      rows.push({ kind: 'device', id, text: rowOf(beside), stored: { entry, encoded: beside } });
    } else rows.push(plainRow('device', id, entry));
  }
  for (const [id, { entry }] of configuration) rows.push(plainRow('configuration', id, entry));
  return { rows, segments: segmentsOf(changes) };
}

function plainRow(kind: EntryKind, id: string, entry: StoredEntry['entry']): Row {
  return { kind, id, text: JSON.stringify(entry), stored: { entry, encoded: undefined } };
}
