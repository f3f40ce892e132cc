import type { ConfigurationRecord } from '@muster/registry';
import type { ConfigurationStatusView } from '@muster/twin';
import type { AppParts } from './app-parts.js';
import { mustRun } from './running.js';

/**
 * How far a configuration has come. The record was just read or written: the counts are of its generation, also when the
 * reconciler has yet to hear of it.
 */
export async function configurationStatus(
  { running }: AppParts,
  record: ConfigurationRecord,
): Promise<ConfigurationStatusView> {
  const reconciler = mustRun(running.reconciler);
  const counts = reconciler.status(record.id, record);
  const rollout = await reconciler.rolloutStatus(record);
  return rollout === undefined ? counts : { ...counts, rollout };
}
