import { mergePatch } from '@muster/twin';
import { expect, test } from 'vitest';
import { makeDevice } from '../testing/index.js';
import { removeDevice } from './remove-device.js';

const NOW = 1_000;
const AT = new Date(NOW).toISOString();
const context = { now: NOW, precondition: { kind: 'none' } } as const;

test('a deletion is one change of each document, and a consumer that folds the events ends up with empty ones', () => {
  const device = makeDevice({
    desired: { a: 1, b: { c: 1 } },
    desiredVersion: 4,
    reported: { d: [1] },
    reportedVersion: 5,
    revision: 6,
    connected: true,
  });
  const { result, entry, changes } = removeDevice(device, 'd', context);
  expect(result).toBe(device);
  expect(entry).toEqual({ id: 'd', deleted: true, desiredVersion: 5, reportedVersion: 6, revision: 7 });
  const [desired, reported] = [{ a: null, b: null }, { d: null }];
  expect(changes).toEqual([
    { kind: 'desired', device: 'd', data: { version: 5, patch: desired, at: AT, configurations: [] } },
    { kind: 'reported', device: 'd', data: { version: 6, patch: reported, at: AT } },
    { kind: 'presence', device: 'd', data: { connected: false, at: AT, reason: 'deleted' } },
    { kind: 'device', device: 'd', data: { change: 'deleted', at: AT } },
  ]);
  expect([mergePatch(device.desired, desired), mergePatch(device.reported, reported)]).toEqual([{}, {}]);
});

test('documents at version 0 stay there, without an event', () => {
  const { entry, changes } = removeDevice(makeDevice(), 'd', context);
  expect(entry).toEqual({ id: 'd', deleted: true, desiredVersion: 0, reportedVersion: 0, revision: 2 });
  expect(changes).toEqual([{ kind: 'device', device: 'd', data: { change: 'deleted', at: AT } }]);
});

test('an empty document above version 0 counts too: its version belongs to this registration', () => {
  const { entry } = removeDevice(makeDevice({ desiredVersion: 3, bornVersion: 3, reportedVersion: 2 }), 'd', context);
  expect(entry).toMatchObject({ desiredVersion: 4, reportedVersion: 3 });
});

test('a deleted device cannot be deleted again', () => {
  const { entry } = removeDevice(makeDevice(), 'd', context);
  for (const current of [undefined, entry]) {
    expect(() => removeDevice(current, 'd', context)).toThrow(expect.objectContaining({ code: 'not-found' }));
  }
});

test('an unmet precondition changes nothing', () => {
  expect(() => removeDevice(makeDevice(), 'd', { now: NOW, precondition: { kind: 'match', revisions: [9] } })).toThrow(
    expect.objectContaining({ code: 'precondition-failed' }),
  );
});
