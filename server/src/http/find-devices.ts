import type { Candidates } from '@muster/conditions';
import { type DeviceRecord, prefetched, type Registry } from '@muster/registry';

/** Of so many found reading them one by one is no cheaper than reading all. */
const READ_ALL_FROM = 10_000;

/**
 * The records of what an index has found, in id order, from behind `after` on. The condition is still to be asked of each.
 * `undefined` comes where others were looked at, so that whoever goes through them may pause.
 */
export async function* findDevices(
  registry: Registry,
  found: Candidates,
  after: string,
): AsyncGenerator<DeviceRecord | undefined> {
  if (!found.isExact && found.sizeMax > READ_ALL_FROM) {
    for await (const record of registry.devices(after)) yield found.has(record.id) ? record : undefined;
    return;
  }
  for (const id of prefetched(registry, found.walkInOrder(after))) {
    const read = id === undefined ? undefined : registry.readDevice(id);
    yield read instanceof Promise ? await read : read;
  }
}
