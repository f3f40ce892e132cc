import type { ConfigurationView } from '@muster/api';
import { parseCondition } from '@muster/conditions';
import { indexingView } from '@muster/reconciler';
import { type ConfigurationRecord, configurationView } from '@muster/registry';

/** A configuration as the API answers it: the stored members, and whether its condition is indexable. */
export function configurationAnswer(record: ConfigurationRecord): ConfigurationView {
  return { ...configurationView(record), ...indexingView(parseCondition(record.targetCondition, 'target')) };
}
