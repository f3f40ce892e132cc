import { expect, test } from 'vitest';
import { makeDevice } from '../testing/index.js';
import { type ConfigurationAssignment, type DeviceRecord, isLive, standingOf } from './device-record.js';

const pending: ConfigurationAssignment = {
  id: 'c',
  generation: 1,
  created: 1,
  since: 5,
  applied: false,
  overridden: false,
};
const { since: _since, ...unbrought } = pending;

const failed = (version: number): Partial<DeviceRecord> => ({ acknowledged: { version, status: 'failed', at: 0 } });
const applied = (version: number): Partial<DeviceRecord> => ({ acknowledged: { version, status: 'applied', at: 0 } });
const problem = { problem: { code: 'too-large', message: 'too large' } } as const;

test.each<[string, string, Partial<DeviceRecord>, ConfigurationAssignment]>([
  ['pending', 'nothing was acknowledged', {}, pending],
  ['pending', 'only an earlier version was applied', applied(4), pending],
  ['pending', 'only an earlier version failed', failed(4), pending],
  ['failed', 'the version that brought it failed', failed(5), pending],
  ['failed', 'a later version failed', failed(6), pending],
  ['applied', 'it was applied', applied(5), { ...pending, applied: true }],
  ['applied', 'it was applied and a later version failed', failed(6), { ...pending, applied: true }],
  ['applied', 'it came with version 0', {}, { ...pending, since: 0 }],
  ['pending', 'nothing brought it yet', failed(6), unbrought],
  ['failed', 'the document cannot be sent', problem, unbrought],
  ['failed', 'the document cannot be sent, though it was applied before', problem, { ...pending, applied: true }],
  ['overridden', 'every path of it is beaten', failed(6), { ...unbrought, overridden: true }],
  [
    'overridden',
    'every path of it is beaten in a document that cannot be sent',
    problem,
    { ...pending, overridden: true },
  ],
])('a configuration is %s when %s', (standing, _when, parts, configuration) => {
  expect(standingOf(makeDevice(parts), configuration)).toBe(standing);
});

test('a tombstone is not live', () => {
  const tombstone = { id: 'd', deleted: true, desiredVersion: 0, reportedVersion: 0, revision: 1 } as const;
  expect([isLive(undefined), isLive(tombstone), isLive(makeDevice())]).toEqual([false, false, true]);
});
