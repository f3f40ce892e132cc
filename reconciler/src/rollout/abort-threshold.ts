import type { AbortThreshold } from '@muster/twin';
import { exceedsPercent } from './target-of.js';

/** Devices that are done with the generation: overridden ones, and those with an attempt left, are in neither. */
export interface FinishedCounts {
  readonly applied: number;
  readonly failed: number;
}

/** Whether too many failed. As long as fewer than the minimum finished, nobody can tell. */
export function isThresholdExceeded(
  threshold: AbortThreshold | undefined,
  { applied, failed }: FinishedCounts,
): boolean {
  if (threshold === undefined) return false;
  const finished = applied + failed;
  return finished >= threshold.minimum && exceedsPercent(failed, finished, threshold.failedPercent);
}
