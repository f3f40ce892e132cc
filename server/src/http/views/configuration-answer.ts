import type { ConfigurationView } from '@muster/api';
import { parseCondition } from '@muster/conditions';
import { indexingView } from '@muster/reconciler';
import { type ConfigurationRecord, configurationView } from '@muster/registry';

/** A configuration as the API answers it: as it is stored, and what an index makes of its condition. */
export function configurationAnswer(record: ConfigurationRecord): ConfigurationView {
  return { ...configurationView(record), ...indexingView(parseCondition(record.targetCondition, 'target')) };
}
