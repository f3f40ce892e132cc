import type { ConfigurationCounts } from '@muster/api';
import type { ConfigurationRecord } from '@muster/registry';
import type { LiveRollout } from '../rollout-controller/live-rollout.js';
import { StatusCounter } from './status-counter.js';

/** An edition that no device has. */
const NONE = { created: -1, generation: -1 };

/**
 * How a configuration stands (PROTOCOL, status). `isHeard`: whether devices are being brought to the record, and it is
 * known which; until then nobody counts as brought along. `live` is undefined unless its rollout is that of the record.
 */
export function configurationStatus(
  counter: StatusCounter,
  record: ConfigurationRecord,
  isHeard: boolean,
  live: LiveRollout | undefined,
): ConfigurationCounts {
  const { id, created, sinceGeneration, enabled, progress } = record;
  if (!enabled || progress?.isWithdrawn) return new StatusCounter().status(id);
  const plain = counter.status(id, isHeard ? { created, generation: sinceGeneration } : NONE);
  if (!progress || !record.rollout || progress.state === 'rolledBack') return plain;
  if (!live) return { ...plain, admitted: 0, overridden: 0, winning: 0, applied: 0, failed: 0, pending: 0, offline: 0 };
  return progress.state === 'complete' ? withFellBack(plain, live) : ofAdmitted(live);
}

/** While it goes on: of those that match, only the admitted have it. */
function ofAdmitted({ counts, facts }: LiveRollout): ConfigurationCounts {
  const { admitted, applied, failed, pending, overridden } = counts.sum;
  const winning = admitted - overridden;
  return {
    ...{ matched: facts.matching, admitted, overridden, winning, applied, failed, pending },
    offline: counts.offline,
  };
}

/** When it is over some may have what they had before, for it failed with them: they are no part of the others. */
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
