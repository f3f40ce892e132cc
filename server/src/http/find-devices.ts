import type { Candidates } from '@muster/conditions';
import type { DeviceRecord, Registry } from '@muster/registry';

/** Of so many found reading them one by one is no cheaper than reading all. */
const READ_ALL_FROM = 10_000;

/** The records of what an index has found, in id order, from behind `after` on. The condition is still to be asked of each. */
export async function* findDevices(registry: Registry, found: Candidates, after: string): AsyncGenerator<DeviceRecord> {
  if (!found.isExact && found.sizeMax > READ_ALL_FROM) {
    for await (const record of registry.devices(after)) if (found.has(record.id)) yield record;
    return;
  }
  for (const id of found.idsInOrder(after)) {
    const read = registry.readDevice(id);
    const record = read instanceof Promise ? await read : read;
    if (record) yield record;
  }
}
