import { isAdmitted, KnownTimezones, timezoneOf } from '@muster/reconciler';
import type { ConfigurationRecord, DeviceRecord, RolloutState } from '@muster/registry';
import type { Disk } from '../store/disk.js';
import { admissionOf, isTrueFor, policyOf, storedConfigurations, storedDevices } from './naive.js';

/** Whether any rollout should go on by itself. */
export function isAnyRolloutOpen(disk: Disk): boolean {
  return storedConfigurations({ disk }).some((one) => isRolloutOpen(disk, one));
}

/** Returns devices that wait for a retry that should happen by itself. */
export function devicesInBackoff(disk: Disk): string[] {
  return storedConfigurations({ disk }).flatMap((one) => {
    if (!one.enabled || !isRetrying(one.progress?.state)) return [];
    const isResting = (record: DeviceRecord): boolean =>
      admissionOf(one, record)?.state === 'resting' && isTrueFor(one.targetCondition, record);
    return storedDevices({ disk }).flatMap((record) => (isResting(record) ? [`${record.id} of ${one.id}`] : []));
  });
}

/** Returns devices that reported a failure of their admitted content that is not stored in the admission yet. */
export function undecidedDevices(disk: Disk): string[] {
  return storedConfigurations({ disk }).flatMap((one) => {
    if (!one.progress) return [];
    const unjudged = storedDevices({ disk }).filter((record) => {
      const { state, isAway } = admissionOf(one, record) ?? {};
      return state === 'given' && !isAway && isFailed(one, record);
    });
    return unjudged.map((record) => `${record.id} of ${one.id}`);
  });
}

function isFailed({ id, created, contentGeneration }: ConfigurationRecord, record: DeviceRecord): boolean {
  const { configurations, acknowledged } = record;
  const standing = configurations.find((one) => one.id === id && one.created === created);
  if (standing?.since === undefined || standing.generation !== contentGeneration || standing.overridden) return false;
  return !standing.applied && acknowledged?.status === 'failed' && acknowledged.version >= standing.since;
}

function isRetrying(state: RolloutState | undefined): boolean {
  return state === 'waiting' || state === 'running' || state === 'complete';
}

/** Reports whether the rollout should advance. It waits forever without a match, or for devices of unknown time zone. */
export function isRolloutOpen(disk: Disk, one: ConfigurationRecord): boolean {
  const { enabled, progress, targetCondition } = one;
  const isGoingOn = enabled && (progress?.state === 'waiting' || progress?.state === 'running');
  const matching = storedDevices({ disk }).filter((record) => isTrueFor(targetCondition, record));
  if (!isGoingOn || matching.length === 0) return false;
  const timezone = policyOf(one)?.window?.timezone;
  const waiting = matching.filter((record) => !isAdmitted(admissionOf(one, record)));
  if (timezone?.kind !== 'tag' || waiting.length === 0 || progress.reachedForMs !== undefined) return true;
  return waiting.some(({ tags }) => timezoneOf(timezone, tags, new KnownTimezones()).isKnown);
}
