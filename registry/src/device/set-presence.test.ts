import { expect, test } from 'vitest';
import { makeDevice } from '../testing/index.js';
import { setPresence } from './set-presence.js';

const now = 1_000;
const at = new Date(now).toISOString();

test.each([
  ['comes', false, { connected: true }],
  ['goes', true, { connected: false, reason: 'keepalive' }],
])('a device that %s is marked, with an event', (_what, connected, presence) => {
  const device = makeDevice({ connected });
  expect(setPresence(device, 'd', { ...presence, now })).toEqual({
    result: undefined,
    entry: { ...device, connected: presence.connected, lastSeenAt: now },
    changes: [{ kind: 'presence', device: 'd', data: { ...presence, at } }],
  });
});

test.each([
  ['is marked so already', makeDevice({ connected: true })],
  ['is gone', { id: 'd', deleted: true, desiredVersion: 0, reportedVersion: 0, revision: 2 } as const],
  ['never was', undefined],
])('a device that %s stays as it is', (_what, current) => {
  expect(setPresence(current, 'd', { connected: true, now })).toEqual({ result: undefined });
});
