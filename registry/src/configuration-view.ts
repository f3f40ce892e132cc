import type { StoredConfigurationView } from '@muster/api';
import type { JsonObject } from '@muster/twin';
import type { ConfigurationRecord } from './configuration-record.js';
import { timeText } from './time-text.js';

/** A configuration as it was written, with what the server adds. */
export function configurationView(record: ConfigurationRecord): StoredConfigurationView {
  return {
    id: record.id,
    targetCondition: record.targetCondition,
    desiredProperties: record.desiredProperties,
    priority: record.priority,
    enabled: record.enabled,
    enforce: record.enforce,
    ...(record.description === undefined ? {} : { description: record.description }),
    labels: record.labels,
    ...(record.rollout === undefined ? {} : { rollout: record.rollout as JsonObject }),
    generation: record.generation,
    createdAt: timeText(record.createdAt),
    updatedAt: timeText(record.updatedAt),
  };
}
