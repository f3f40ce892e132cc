import type { Subject } from '@muster/conditions';
import { type DeviceRecord, nameOf } from '@muster/registry';

/** The device as a query condition sees it. */
export function subjectOf(record: DeviceRecord): Subject {
  const { id, tags, reported, desired, connected, lastSeenAt, createdAt } = record;
  return {
    id,
    name: nameOf(record),
    tags,
    reported,
    desired,
    connected,
    ...(lastSeenAt === undefined ? {} : { lastSeenAt: new Date(lastSeenAt).toISOString() }),
    createdAt: new Date(createdAt).toISOString(),
  };
}
