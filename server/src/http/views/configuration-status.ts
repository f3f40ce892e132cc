import type { ConfigurationStatusView } from '@muster/api';
import type { ConfigurationRecord } from '@muster/registry';
import type { AppParts } from '../framework/app-parts.js';
import { mustRun } from '../framework/must-run.js';

/**
 * The status of a configuration. The counts are of the generation of `record`, even if the reconciler does not know it
 * yet.
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
