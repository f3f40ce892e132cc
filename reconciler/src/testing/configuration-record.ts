import type { ConfigurationRecord } from '@muster/registry';

/** A configuration for everybody as it is stored when it is new, but for what is given. */
export function configurationRecord(parts: Partial<ConfigurationRecord> = {}): ConfigurationRecord {
  return {
    id: 'c',
    targetCondition: '*',
    desiredProperties: {},
    priority: 0,
    enforce: false,
    created: 1,
    createdAt: 0,
    updatedAt: 0,
    enabled: true,
    labels: {},
    generation: 1,
    contentGeneration: 1,
    revision: 1,
    progressRevision: 0,
    history: [],
    ...parts,
  };
}
