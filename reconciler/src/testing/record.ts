import type { ConfigurationRecord, DeviceRecord } from '@muster/registry';

/** A device as it is stored right after its registration, but for what is given. */
export function deviceRecord(parts: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    id: 'a',
    tags: {},
    enabled: true,
    credential: { type: 'secret', salt: '', hash: '' },
    createdAt: 0,
    revision: 1,
    ownDesired: {},
    desired: {},
    desiredVersion: 0,
    bornVersion: 0,
    trail: [],
    configurations: [],
    reported: {},
    reportedVersion: 0,
    connected: false,
    ...parts,
  };
}

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
    revision: 1,
    history: [],
    ...parts,
  };
}
