import type { ConfigurationStatusView } from '@muster/api';
import type { ConfigurationRecord } from '@muster/registry';
import type { AppParts } from '../framework/app-parts.js';
import { mustRun } from '../framework/running.js';

/**
 * How far a configuration has come. The record was just read or written: the counts are of its generation, also when the
 * reconciler has yet to hear of it.
 */
export async function configurationStatus(
  { registry, running }: AppParts,
  record: ConfigurationRecord,
): Promise<ConfigurationStatusView> {
  const reconciler = mustRun(running.reconciler);
  const counts = reconciler.status(record.id, record);
  const rollout = await reconciler.rolloutStatus(record);
  // Counted when it was decided; what is answered is on disk, as the twins are that are read after it.
  await registry.settled();
  return rollout === undefined ? counts : { ...counts, rollout };
}
