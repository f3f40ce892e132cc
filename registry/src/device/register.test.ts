import { isTwinError, LIMITS } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { Precondition } from '../input/revision.js';
import { makeCredential } from '../record/credential.js';
import type { DeviceEntry } from '../record/device-record.js';
import { makeDevice } from '../testing/index.js';
import { register } from './register.js';

const NOW = 1_000;
const AT = new Date(NOW).toISOString();
const OWN_SECRET = 'a secret of my own';
const zeros = (count: number): Buffer => Buffer.alloc(count);
const TOMBSTONE: DeviceEntry = { id: 'd', deleted: true, desiredVersion: 7, reportedVersion: 3, revision: 9 };

function issue(secret?: string) {
  const credential = makeCredential(secret ?? 'generated', zeros);
  return secret === undefined ? { credential, secret: 'generated' } : { credential };
}

function put(
  current: DeviceEntry | undefined,
  registration: Parameters<typeof register>[2],
  precondition: Precondition = { kind: 'none' },
) {
  return register(current, 'd', registration, { now: NOW, precondition, issue });
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return isTwinError(error) ? error.code : String(error);
  }
  return undefined;
}

describe('a new device', () => {
  test('has the defaults, and a generated secret that is shown once', () => {
    const { result, entry, changes } = put(undefined, {});
    const { credential } = issue();
    expect(entry).toEqual(makeDevice({ createdAt: NOW, credential }));
    expect(result).toEqual({ record: entry, isNew: true, secret: 'generated' });
    expect(changes).toEqual([{ kind: 'device', device: 'd', data: { change: 'registered', at: AT } }]);
  });

  test('has the members of its registration; a given secret is not returned', () => {
    const { result, entry } = put(undefined, {
      name: 'n',
      tags: { a: null },
      desired: { b: null },
      enabled: false,
      auth: { type: 'secret', secret: OWN_SECRET },
    });
    expect(entry).toMatchObject({ name: 'n', tags: { a: null }, ownDesired: { b: null }, enabled: false, desired: {} });
    expect(entry).toMatchObject({ credential: issue(OWN_SECRET).credential });
    expect(result.secret).toBeUndefined();
  });

  test('continues the counters of an earlier registration', () => {
    expect(put(TOMBSTONE, {}).entry).toMatchObject({
      revision: 10,
      desired: {},
      desiredVersion: 7,
      bornVersion: 7,
      reported: {},
      reportedVersion: 3,
    });
  });
});

describe('a device that is replaced', () => {
  const current = makeDevice({
    name: 'n',
    tags: { a: 1 },
    enabled: false,
    ownDesired: { b: 1 },
    desired: { b: 1 },
    desiredVersion: 4,
    reported: { c: 1 },
    reportedVersion: 5,
    revision: 6,
    connected: true,
    credential: issue(OWN_SECRET).credential,
  });

  test('returns absent members to defaults, and keeps its secret and the members that the fleet wrote', () => {
    const { result, entry, changes } = put(current, {});
    const { name: _name, ...rest } = current;
    expect(entry).toEqual({ ...rest, tags: {}, enabled: true, ownDesired: {}, revision: 7 });
    expect(result).toEqual({ record: entry, isNew: false });
    expect(changes).toEqual([{ kind: 'device', device: 'd', data: { change: 'replaced', at: AT } }]);
  });

  test.each([
    ['the same', { name: 'n', tags: { a: 1 }, enabled: false, desired: { b: 1 } }],
    [
      'the same with the same secret',
      {
        name: 'n',
        tags: { a: 1 },
        enabled: false,
        desired: { b: 1 },
        auth: { type: 'secret', secret: OWN_SECRET },
      } as const,
    ],
  ])('by %s changes nothing', (_what, registration) => {
    expect(put(current, registration)).toEqual({ result: { record: current, isNew: false } });
  });

  test('by its id as name changes nothing if it had no name', () => {
    const nameless = makeDevice();
    expect(put(nameless, { name: 'd' }).entry).toBeUndefined();
    expect(put(nameless, { name: 'e' }).entry).toMatchObject({ name: 'e', revision: 2 });
  });

  test('with another secret gets it, and a new revision', () => {
    const registration = { name: 'n', tags: { a: 1 }, enabled: false, desired: { b: 1 } };
    const { entry, result } = put(current, {
      ...registration,
      auth: { type: 'secret', secret: 'another secret of mine' },
    });
    expect(entry).toEqual({ ...current, credential: issue('another secret of mine').credential, revision: 7 });
    expect(result.secret).toBeUndefined();
  });
});

test.each<[string, DeviceEntry | undefined, Precondition, string | undefined]>([
  ['absent, to be absent', undefined, { kind: 'absent' }, undefined],
  ['deleted, to be absent', TOMBSTONE, { kind: 'absent' }, undefined],
  ['there, to be absent', makeDevice(), { kind: 'absent' }, 'precondition-failed'],
  ['deleted, to exist', TOMBSTONE, { kind: 'exists' }, 'precondition-failed'],
  ['deleted, of the revision of its tombstone', TOMBSTONE, { kind: 'match', revisions: [9] }, 'precondition-failed'],
  ['of the revision', makeDevice({ revision: 3 }), { kind: 'match', revisions: [1, 3] }, undefined],
  ['of another revision', makeDevice({ revision: 3 }), { kind: 'match', revisions: [1, 2] }, 'precondition-failed'],
])('a device that is %s', (_what, current, precondition, code) => {
  expect(codeOf(() => put(current, { tags: { z: 1 } }, precondition))).toBe(code);
});

test.each([
  ['a name', { name: 'x'.repeat(LIMITS.nameBytesMax) }],
  ['tags', { tags: { a: ['x'.repeat(4_000), 'x'.repeat(4_000), 'x'.repeat(400)] } }],
  ['an own layer', { desired: { a: Array.from({ length: 9 }, () => 'x'.repeat(4_000)) } }],
])('%s too large is refused', (_what, registration) => {
  expect(codeOf(() => put(undefined, registration))).toBe('too-large');
  expect(codeOf(() => put(makeDevice(), registration))).toBe('too-large');
});
