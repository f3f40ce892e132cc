import type { ConfigurationCounts } from '@muster/api';
import type { ConfigurationRecord } from '@muster/registry';
import type { LiveRollout } from '../rollout-controller/live-rollout.js';
import { StatusCounter } from './status-counter.js';

/** A generation that no device has. */
const NONE = { created: -1, generation: -1 };

/**
 * Counts of a configuration (PROTOCOL, status). `isHeard`: whether the affected devices are known and queued; until
 * then no device counts as up to date. `live` is undefined unless its rollout is the one of the record.
 */
export function configurationStatus(
  counter: StatusCounter,
  record: ConfigurationRecord,
  isHeard: boolean,
  live: LiveRollout | undefined,
): ConfigurationCounts {
  const { id, created, contentGeneration, enabled, progress } = record;
  if (!enabled || progress?.isWithdrawn) return new StatusCounter().status(id);
  const plain = counter.status(id, isHeard ? { created, generation: contentGeneration } : NONE);
  if (!progress || !record.rollout || progress.state === 'rolledBack') return plain;
  if (!live) return { ...plain, admitted: 0, overridden: 0, winning: 0, applied: 0, failed: 0, pending: 0, offline: 0 };
  return progress.state === 'complete' ? withFellBack(plain, live) : ofAdmitted(live);
}

/** In progress: only admitted devices have it. */
function ofAdmitted({ counts, facts }: LiveRollout): ConfigurationCounts {
  const { admitted, applied, failed, pending, overridden } = counts.sum;
  const winning = admitted - overridden;
  return {
    ...{ matched: facts.matching, admitted, overridden, winning, applied, failed, pending },
    offline: counts.offline,
  };
}

/** Once complete, devices that fell back after a failure are not in the plain counts; add them. */
function withFellBack(plain: ConfigurationCounts, { counts }: LiveRollout): ConfigurationCounts {
  const { failed, failedAway, withoutLayerFailed, withoutLayerPending, withoutLayerPendingAway } = counts.fellBack;
  const withoutLayer = withoutLayerFailed + withoutLayerPending;
  return {
    ...plain,
    matched: plain.matched + withoutLayer,
    admitted: plain.admitted + withoutLayer,
    winning: plain.winning + withoutLayer,
    failed: plain.failed + failed + withoutLayerFailed,
    pending: plain.pending - failed + withoutLayerPending,
    offline: plain.offline - failedAway + withoutLayerPendingAway,
  };
}
