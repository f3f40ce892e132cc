import type { DeviceRecord } from '../index.js';

/** Returns a newly registered device; any member may be replaced. */
export function makeDevice(parts: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    id: 'd',
    tags: {},
    enabled: true,
    credential: '$sha256$$',
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
