import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import { DeviceWalk, type DeviceWalkParts } from './device-walk.js';

interface Asked {
  readonly found: Candidates;
  /** Ids of devices that are visited too, after the candidates. */
  readonly others: Iterable<string>;
}

/** Visits the candidates and the other devices, and maybe more. No device is visited twice. */
export async function visitFound(
  parts: DeviceWalkParts,
  { found, others }: Asked,
  visit: (record: DeviceRecord) => void,
): Promise<void> {
  const walk = new DeviceWalk(parts);
  const left = new Set(others);
  await walk.found(found, (record) => {
    left.delete(record.id);
    visit(record);
  });
  await walk.of(left, visit);
}
