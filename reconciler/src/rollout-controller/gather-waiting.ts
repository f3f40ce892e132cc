import type { CachedConfiguration } from '../cache/configuration-cache.js';
import { subjectOf } from '../cache/subject.js';
import { DeviceWalk, type DeviceWalkParts } from '../fleet/device-walk.js';
import type { Fleet } from '../fleet/fleet.js';
import { Slicer } from '../workqueue/slicer.js';
import type { LiveRollout } from './live-rollout.js';

interface GatheringParts extends DeviceWalkParts {
  readonly fleet: Fleet;
  /** Whether the result is no longer needed. */
  readonly isOver: () => boolean;
}

/**
 * Collects matching devices that are not admitted, in slices. The worker reports devices that change meanwhile. If no device
 * is admitted, one clock decides for all and the index knows the matches, no record is read. Returns whether it got to the
 * end.
 */
export async function gatherWaiting(
  live: LiveRollout,
  { condition }: CachedConfiguration,
  { fleet, registry, clock, isOver }: GatheringParts,
): Promise<boolean> {
  const { gathering } = live;
  const isOutdated = (): boolean => isOver() || live.gathering !== gathering;
  await fleet.prepare([condition]);
  const found = fleet.find([condition]);
  if (found.isExact && live.isFresh) {
    return new Slicer(clock).each(found.walk(), (id) => {
      if (isOutdated()) return false;
      if (id !== undefined && !live.isReconciledMeanwhile(id)) live.waitAnywhere(id);
      return true;
    });
  }
  return new DeviceWalk({ registry, clock }).of(found.walk(), (record) => {
    if (isOutdated()) return false;
    const isWaiting = condition.test(subjectOf(record)) === true && !live.isIn(record.admissions);
    if (isWaiting && !live.isReconciledMeanwhile(record.id)) live.wait(record.id, live.zoneOf(record));
    return true;
  });
}
