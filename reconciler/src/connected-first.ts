import type { DeviceRecord, Registry } from '@muster/registry';

/**
 * Every device once, those that are connected first. Both halves are read while the fleet moves: who connects or
 * leaves meanwhile is met in the one or in the other, never in neither.
 */
export async function* connectedFirst(
  registry: Registry,
  connected: ReadonlySet<string>,
): AsyncGenerator<DeviceRecord> {
  const met = new Set<string>();
  for (const id of connected) {
    if (met.has(id)) continue;
    met.add(id);
    const record = await registry.readDevice(id);
    if (record) yield record;
  }
  for await (const record of registry.devices()) if (!met.has(record.id)) yield record;
}
