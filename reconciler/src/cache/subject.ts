import type { Subject } from '@muster/conditions';
import { type DeviceRecord, nameOf } from '@muster/registry';

/** What a target condition sees of a device: identity, tags and reported, nothing that reconciling changes. */
export function subjectOf(record: DeviceRecord): Subject {
  return { id: record.id, name: nameOf(record), tags: record.tags, reported: record.reported };
}
