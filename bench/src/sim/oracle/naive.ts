import { parseRollout } from '@muster/api';
import { evaluate, parseCondition } from '@muster/conditions';
import { layerOf } from '@muster/reconciler';
import {
  type Admission,
  type ConfigurationContent,
  type ConfigurationRecord,
  type DeviceRecord,
  isLive,
  nameOf,
} from '@muster/registry';
import { type JsonObject, type Layer, type RolloutPolicy, resolve } from '@muster/twin';
import type { Disk } from '../store/disk.js';

interface OnDisk {
  readonly disk: Disk;
}

/** The content of the disk, read without an index, a cache or any order but that of ids. */
export function storedDevices({ disk }: OnDisk): DeviceRecord[] {
  return disk.scan('device', '', Number.MAX_SAFE_INTEGER).filter(isLive);
}

export function storedConfigurations({ disk }: OnDisk): ConfigurationRecord[] {
  return disk
    .scan('configuration', '', Number.MAX_SAFE_INTEGER)
    .filter((one): one is ConfigurationRecord => one.deleted !== true);
}

/** Evaluates the condition by the plain walk of its tree. */
export function isTrueFor(condition: string, record: DeviceRecord): boolean {
  const { id, tags, reported } = record;
  const { root } = parseCondition(condition, 'target');
  return evaluate(root, { id, name: nameOf(record), tags, reported }) === true;
}

export function policyOf({ rollout }: ConfigurationRecord): RolloutPolicy | undefined {
  return rollout && parseRollout(JSON.parse(JSON.stringify(rollout)), '/rollout');
}

/** Returns the admission of a device to the current content; admissions to earlier content do not count. */
export function admissionOf(one: ConfigurationRecord, record: DeviceRecord): Admission | undefined {
  return record.admissions?.find(
    ({ id, created, key }) => id === one.id && created === one.created && key === one.progress?.key,
  );
}

/** One generation of a configuration, as a layer of a device. */
export type StoredLayer = ConfigurationContent &
  Pick<ConfigurationRecord, 'id' | 'created' | 'generation' | 'contentGeneration'>;

/** Returns the layers of a device, taking its admissions into account. */
export function layersOf(configurations: readonly ConfigurationRecord[], record: DeviceRecord): StoredLayer[] {
  return configurations.flatMap((one): StoredLayer[] => {
    const { id, created, enabled, progress, stable } = one;
    const layer = layerOf({
      enabled,
      progress,
      onFailure: policyOf(one)?.onFailure ?? 'fallback',
      admission: admissionOf(one, record),
      matchesCurrent: isTrueFor(one.targetCondition, record),
      matchesStable: stable !== undefined && isTrueFor(stable.targetCondition, record),
    });
    if (layer === 'none') return [];
    return layer === 'stable' && stable ? [{ ...stable, id, created }] : [one];
  });
}

/** Merges the layers on disk, as the one equation says. */
export function effectiveOf(configurations: readonly ConfigurationRecord[], record: DeviceRecord): JsonObject {
  const layers = layersOf(configurations, record).map((one): Layer => {
    const { id, generation, contentGeneration, created, priority, enforce, desiredProperties: properties } = one;
    return { kind: 'configuration', id, generation, contentGeneration, created, priority, enforce, properties };
  });
  return resolve([{ kind: 'device', properties: record.ownDesired }, ...layers]);
}
