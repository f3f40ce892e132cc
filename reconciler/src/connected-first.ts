import type { DeviceRecord, Registry } from '@muster/registry';

const PAGE = 256;

/**
 * Every device once, those that are connected first, in pages: a turn of the event loop for each device would cost
 * more than looking at it. Both halves are read while the fleet moves: who connects or leaves meanwhile is met in the
 * one or in the other, never in neither.
 */
export async function* connectedFirst(
  registry: Registry,
  connected: ReadonlySet<string>,
  pageSize = PAGE,
): AsyncGenerator<readonly DeviceRecord[]> {
  const met = new Set<string>();
  let page: DeviceRecord[] = [];
  for (const id of connected) {
    if (met.has(id)) continue;
    met.add(id);
    const read = registry.readDevice(id);
    const record = read instanceof Promise ? await read : read;
    if (record) page.push(record);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  yield page;
  page = [];
  for await (const record of registry.devices()) {
    if (!met.has(record.id)) page.push(record);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  yield page;
}
