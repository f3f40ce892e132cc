import type { Candidates } from '@muster/conditions';
import { type DeviceRecord, prefetched, type Registry } from '@muster/registry';

/** From this many candidates on, read all devices instead of each one. */
const READ_ALL_FROM = 10_000;

/**
 * Yields the records of the candidates with an id above `after`, in id order. The caller still tests the condition. For
 * devices that are no candidates it yields `undefined`, so that the caller may pause.
 */
export async function* findDevices(
  registry: Registry,
  found: Candidates,
  after: string,
): AsyncGenerator<DeviceRecord | undefined> {
  if (!found.isExact && found.sizeMax > READ_ALL_FROM) {
    for await (const record of registry.devices.all(after)) yield found.has(record.id) ? record : undefined;
    return;
  }
  for (const id of prefetched(registry.devices, found.walkInOrder(after))) {
    const read = id === undefined ? undefined : registry.devices.read(id);
    yield read instanceof Promise ? await read : read;
  }
}
