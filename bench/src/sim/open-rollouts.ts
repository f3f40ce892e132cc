import type { ConfigurationRecord } from '@muster/registry';
import { isTrueFor, storedConfigurations, storedDevices } from './checkers/naive.js';
import type { Disk } from './store/disk.js';

/** Whether any rollout should go on by itself. */
export function isAnyRolloutOpen(disk: Disk): boolean {
  return storedConfigurations({ disk }).some((one) => isRolloutOpen(disk, one));
}

/** As long as nobody matches it waits for ever, and for those of whom it does not know what time it is. */
export function isRolloutOpen(
  disk: Disk,
  { enabled, progress, targetCondition, rollout }: ConfigurationRecord,
): boolean {
  const isGoingOn = enabled && (progress?.state === 'waiting' || progress?.state === 'running');
  if (!isGoingOn || rollout?.window?.timezone.startsWith('device.')) return false;
  return storedDevices({ disk }).some((record) => isTrueFor(targetCondition, record));
}
