import { parseCondition } from '@muster/conditions';
import { type DeviceRecord, nameOf, type Registry } from '@muster/registry';
import type { ConfigurationLayer } from '@muster/twin';

/** The layers of the enabled configurations that are TRUE for a device: no index, no cache, no cache. */
export async function applyingLayers(registry: Registry, record: DeviceRecord): Promise<ConfigurationLayer[]> {
  const subject = { id: record.id, name: nameOf(record), tags: record.tags, reported: record.reported };
  return (await collect(registry.configurations.all()))
    .filter((one) => one.enabled && parseCondition(one.targetCondition, 'target').test(subject) === true)
    .map(({ id, generation, contentGeneration, created, priority, enforce, desiredProperties: properties }) => {
      return { kind: 'configuration', id, generation, contentGeneration, created, priority, enforce, properties };
    });
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
