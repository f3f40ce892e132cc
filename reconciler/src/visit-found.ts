import type { Candidates } from '@muster/conditions';
import { type DeviceRecord, prefetched, type Registry } from '@muster/registry';
import type { Clock } from '@muster/twin';
import { Slicer } from './slicer.js';

/** Of fewer no more is read than was found, however small the fleet is. */
const READ_ALL_FROM = 1_000;
/** Reading one device out of the middle costs about as much as reading two in a row. */
const READ_ALL_SHARE = 2;

interface Source {
  readonly registry: Registry;
  readonly clock: Clock;
  /** How many there are in all. */
  readonly devices: number;
}

interface Asked {
  readonly found: Candidates;
  /** Ids of devices that are shown too, after those that were found. */
  readonly others: Iterable<string>;
}

/**
 * Shows each device that was found, in id order and in slices; where most of the fleet was, the others too, for to tell
 * them apart costs no less than to ask them. None is shown twice. The fleet may move meanwhile.
 */
export async function visitFound(
  { registry, clock, devices }: Source,
  { found, others }: Asked,
  visit: (record: DeviceRecord) => void,
): Promise<void> {
  const slicer = new Slicer(clock);
  const left = new Set(others);
  const visitOnce = (record: DeviceRecord): void => {
    left.delete(record.id);
    visit(record);
  };
  const isMost = found.sizeMax >= READ_ALL_FROM && found.sizeMax * READ_ALL_SHARE > devices;
  if (isMost) await visitPages(registry.devicePages(), slicer, visitOnce);
  else await visitEach(registry, found.walkInOrder(), slicer, visitOnce);
  await visitEach(registry, left, slicer, visit);
}

async function visitPages(
  pages: AsyncIterable<readonly DeviceRecord[]>,
  slicer: Slicer,
  visit: (record: DeviceRecord) => void,
): Promise<void> {
  for await (const page of pages) {
    for (const record of page) {
      visit(record);
      const pause = slicer.pause();
      if (pause) await pause;
    }
  }
}

async function visitEach(
  registry: Registry,
  ids: Iterable<string | undefined>,
  slicer: Slicer,
  visit: (record: DeviceRecord) => void,
): Promise<void> {
  for (const id of prefetched(registry, ids)) {
    const read = id === undefined ? undefined : registry.readDevice(id);
    const record = read instanceof Promise ? await read : read;
    if (record) visit(record);
    const pause = slicer.pause();
    if (pause) await pause;
  }
}
