import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import { DeviceWalk, type DeviceWalkParts } from './device-walk.js';

/** Below this many candidates, read exactly those, even in a small fleet. */
const READ_ALL_FROM = 1_000;
/** Reading one device out of the middle costs about as much as reading two in a row. */
const READ_ALL_SHARE = 2;

interface Source extends DeviceWalkParts {
  /** Number of registered devices. */
  readonly devices: number;
}

interface Asked {
  readonly found: Candidates;
  /** Ids of devices that are visited too, after the candidates. */
  readonly others: Iterable<string>;
}

/**
 * Visits the candidates in id order and in slices. If they are most of the fleet, it visits every device: filtering would
 * cost as much. No device is visited twice. The fleet may change meanwhile.
 */
export async function visitFound(
  { devices, ...parts }: Source,
  { found, others }: Asked,
  visit: (record: DeviceRecord) => void,
): Promise<void> {
  const walk = new DeviceWalk(parts);
  const left = new Set(others);
  const visitOnce = (record: DeviceRecord): void => {
    left.delete(record.id);
    visit(record);
  };
  const isMost = found.sizeMax >= READ_ALL_FROM && found.sizeMax * READ_ALL_SHARE > devices;
  await (isMost ? walk.all(visitOnce) : walk.of(found.walkInOrder(), visitOnce));
  await walk.of(left, visit);
}
