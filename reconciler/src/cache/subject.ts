import type { Subject } from '@muster/conditions';
import { type DeviceRecord, nameOf } from '@muster/registry';

/** The device as target conditions see it: identity, tags and reported. Reconciling changes none of these. */
export function subjectOf(record: DeviceRecord): Subject {
  return { id: record.id, name: nameOf(record), tags: record.tags, reported: record.reported };
}
