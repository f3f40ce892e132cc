import { expect, test } from 'vitest';
import { makeCredential } from '../record/credential.js';
import { makeDevice } from '../testing/index.js';
import { deviceView, nameOf } from './device-view.js';

test('a new device', () => {
  expect(deviceView(makeDevice())).toEqual({
    id: 'd',
    name: 'd',
    enabled: true,
    tags: {},
    desired: {},
    desiredVersion: 0,
    ownDesired: {},
    reported: {},
    reportedVersion: 0,
    configurations: [],
    connected: false,
    createdAt: '1970-01-01T00:00:00.000Z',
  });
});

test('a device with every member', () => {
  const view = deviceView(
    makeDevice({
      name: 'n',
      configurations: [
        { id: 'a', generation: 3, created: 1, since: 2, applied: true, overridden: false },
        { id: 'b', generation: 1, created: 2, applied: false, overridden: true },
      ],
      acknowledged: { version: 2, status: 'failed', error: 'no', at: 1_000 },
      lastSeenAt: 2_000,
      connected: true,
    }),
  );
  expect(view).toMatchObject({
    name: 'n',
    configurations: [
      { id: 'a', generation: 3, status: 'applied' },
      { id: 'b', generation: 1, status: 'overridden' },
    ],
    acknowledged: { version: 2, status: 'failed', error: 'no', at: '1970-01-01T00:00:01.000Z' },
    lastSeenAt: '1970-01-01T00:00:02.000Z',
    connected: true,
  });
  expect(Object.keys(view.configurations[0] ?? {})).toEqual(['id', 'generation', 'status']);
});

test('a problem is shown', () => {
  const problem = { code: 'too-large', message: 'too large' } as const;
  expect(deviceView(makeDevice({ problem })).problem).toEqual(problem);
});

test('the credential is never shown', () => {
  const credential = makeCredential('a secret of my own', (count) => Buffer.alloc(count, 7));
  const text = JSON.stringify(deviceView(makeDevice({ credential })));
  for (const part of ['a secret of my own', ...credential.split('$').slice(2), 'credential']) {
    expect(text).not.toContain(part);
  }
});

test('a device without a name shows its id', () => {
  expect([nameOf({ id: 'd' }), nameOf({ id: 'd', name: 'n' })]).toEqual(['d', 'n']);
});
