import type { AbortThreshold } from '@muster/twin';
import { exceedsPercent } from './target-of.js';

/** Devices with a final result. Overridden devices and devices with an attempt left are in neither count. */
export interface FinishedCounts {
  readonly applied: number;
  readonly failed: number;
}

/** Whether too many devices failed. False until the minimum number has finished. */
export function isThresholdExceeded(
  threshold: AbortThreshold | undefined,
  { applied, failed }: FinishedCounts,
): boolean {
  if (threshold === undefined) return false;
  const finished = applied + failed;
  return finished >= threshold.minimum && exceedsPercent(failed, finished, threshold.failedPercent);
}
