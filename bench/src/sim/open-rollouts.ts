import { isAdmitted, KnownTimezones, timezoneOf } from '@muster/reconciler';
import type { ConfigurationRecord } from '@muster/registry';
import { admissionOf, isTrueFor, policyOf, storedConfigurations, storedDevices } from './checkers/naive.js';
import type { Disk } from './store/disk.js';

/** Whether any rollout should go on by itself. */
export function isAnyRolloutOpen(disk: Disk): boolean {
  return storedConfigurations({ disk }).some((one) => isRolloutOpen(disk, one));
}

/** As long as nobody matches it waits for ever, and so it does for those of whom nobody knows what time it is. */
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
