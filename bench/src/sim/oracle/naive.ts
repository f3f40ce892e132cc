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
import { type JsonObject, type Layer, parseRollout, type RolloutPolicy, resolve } from '@muster/twin';
import type { Disk } from '../store/disk.js';

interface OnDisk {
  readonly disk: Disk;
}

/** What is on disk, read without any help: no index, no cache, no order but that of ids. */
export function storedDevices({ disk }: OnDisk): DeviceRecord[] {
  return disk.scan('device', '', Number.MAX_SAFE_INTEGER).filter(isLive);
}

export function storedConfigurations({ disk }: OnDisk): ConfigurationRecord[] {
  return disk
    .scan('configuration', '', Number.MAX_SAFE_INTEGER)
    .filter((one): one is ConfigurationRecord => one.deleted !== true);
}

/** Asks the plain tree walk of the condition. */
export function isTrueFor(condition: string, record: DeviceRecord): boolean {
  const { id, tags, reported } = record;
  const { root } = parseCondition(condition, 'target');
  return evaluate(root, { id, name: nameOf(record), tags, reported }) === true;
}

export function policyOf({ rollout }: ConfigurationRecord): RolloutPolicy | undefined {
  return rollout && parseRollout(JSON.parse(JSON.stringify(rollout)), '/rollout');
}

/** What a configuration admits of a device at present; that of an earlier content is void. */
export function admissionOf(one: ConfigurationRecord, record: DeviceRecord): Admission | undefined {
  return record.admissions?.find(
    ({ id, created, key }) => id === one.id && created === one.created && key === one.progress?.key,
  );
}

/** A generation of a configuration that is a layer of a device. */
export type StoredLayer = ConfigurationContent &
  Pick<ConfigurationRecord, 'id' | 'created' | 'generation' | 'sinceGeneration'>;

/** The generations that are layers of a device, given what rollouts have made of it. */
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

/** The one equation over what is on disk. */
export function effectiveOf(configurations: readonly ConfigurationRecord[], record: DeviceRecord): JsonObject {
  const layers = layersOf(configurations, record).map((one): Layer => {
    const { id, generation, sinceGeneration, created, priority, enforce, desiredProperties: properties } = one;
    return { kind: 'configuration', id, generation, sinceGeneration, created, priority, enforce, properties };
  });
  return resolve([{ kind: 'device', properties: record.ownDesired }, ...layers]);
}
