import { evaluate, parseCondition } from '@muster/conditions';
import { type ConfigurationRecord, type DeviceRecord, isLive, nameOf } from '@muster/registry';
import type { JsonObject } from '@muster/twin';
import { type Layer, resolve } from '@muster/twin';
import type { World } from '../world.js';

/** What is on disk, read without any help: no index, no cache, no order but that of ids. */
export function storedDevices(world: World): DeviceRecord[] {
  return world.disk.scan('device', '', Number.MAX_SAFE_INTEGER).filter(isLive);
}

export function storedConfigurations(world: World): ConfigurationRecord[] {
  return world.disk
    .scan('configuration', '', Number.MAX_SAFE_INTEGER)
    .filter((one): one is ConfigurationRecord => one.deleted !== true);
}

/** Asks the plain tree walk of the condition. */
export function isTrueFor(condition: string, record: DeviceRecord): boolean {
  const { id, tags, reported } = record;
  return evaluate(parseCondition(condition, 'target').root, { id, name: nameOf(record), tags, reported }) === true;
}

/** The configurations that are layers of a device. */
export function layersOf(configurations: readonly ConfigurationRecord[], record: DeviceRecord): ConfigurationRecord[] {
  return configurations.filter((one) => one.enabled && isTrueFor(one.targetCondition, record));
}

/** The one equation over what is on disk. */
export function effectiveOf(configurations: readonly ConfigurationRecord[], record: DeviceRecord): JsonObject {
  const layers = layersOf(configurations, record).map((one): Layer => {
    const { id, generation, sinceGeneration, created, priority, enforce, desiredProperties: properties } = one;
    return { kind: 'configuration', id, generation, sinceGeneration, created, priority, enforce, properties };
  });
  return resolve([{ kind: 'device', properties: record.ownDesired }, ...layers]);
}
