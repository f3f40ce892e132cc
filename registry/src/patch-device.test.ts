import type { RegistrationPatch } from '@muster/api';
import { expect, test } from 'vitest';
import type { DeviceRecord } from './device-record.js';
import { patchDevice } from './patch-device.js';
import { makeDevice } from './testing/index.js';

const NOW = 1_000;
const device = makeDevice({
  name: 'n',
  tags: { a: 1, b: { c: 1, d: null } },
  ownDesired: { e: 1, mask: null, f: { g: 1 } },
  enabled: false,
  revision: 5,
});

function patch(current: Parameters<typeof patchDevice>[0], change: RegistrationPatch) {
  return patchDevice(current, 'd', change, { now: NOW, precondition: { kind: 'none' } });
}

test.each<[string, RegistrationPatch, Partial<DeviceRecord>]>([
  ['a name', { name: 'm' }, { name: 'm' }],
  ['a tag', { tags: { b: { c: 2 } } }, { tags: { a: 1, b: { c: 2, d: null } } }],
  ['null for a tag', { tags: { a: null } }, { tags: { b: { c: 1, d: null } } }],
  ['null for a tag that is null', { tags: { b: { d: null } } }, { tags: { a: 1, b: { c: 1 } } }],
  ['null for all tags', { tags: null }, { tags: {} }],
  ['a property', { desired: { e: 2 } }, { ownDesired: { e: 2, mask: null, f: { g: 1 } } }],
  ['null for a property', { desired: { f: { g: null } } }, { ownDesired: { e: 1, mask: null, f: {} } }],
  ['null for a mask', { desired: { mask: null } }, { ownDesired: { e: 1, f: { g: 1 } } }],
  [
    'a property under a mask',
    { desired: { mask: { x: 1 } } },
    { ownDesired: { ...device.ownDesired, mask: { x: 1 } } },
  ],
  ['null for the own layer', { desired: null }, { ownDesired: {} }],
  ['enabled', { enabled: true }, { enabled: true }],
  ['null for enabled', { enabled: null }, { enabled: true }],
])('%s changes that alone, and the revision', (_what, change, expected) => {
  const { result, entry, changes } = patch(device, change);
  expect(entry).toEqual({ ...device, ...expected, revision: 6 });
  expect(result).toBe(entry);
  const at = new Date(NOW).toISOString();
  expect(changes).toEqual([{ kind: 'device', device: 'd', data: { change: 'patched', at } }]);
});

test('null for the name makes it the id again', () => {
  const { name: _name, ...nameless } = device;
  expect(patch(device, { name: null }).entry).toEqual({ ...nameless, revision: 6 });
});

test.each<[string, RegistrationPatch]>([
  ['nothing', {}],
  ['what is there', { name: 'n', tags: { a: 1 }, desired: { e: 1 }, enabled: false }],
  ['null for what is not there', { tags: { x: null }, desired: { x: null, f: { y: null } } }],
])('%s changes nothing', (_what, change) => {
  expect(patch(device, change)).toEqual({ result: device });
});

test('the document that would result is what has limits', () => {
  const large = makeDevice({ tags: { a: 'x'.repeat(4_000), b: 'x'.repeat(4_000) } });
  expect(() => patch(large, { tags: { c: 'x'.repeat(400) } })).toThrow(expect.objectContaining({ code: 'too-large' }));
  expect(patch(large, { tags: { c: 'x'.repeat(400), a: null } }).entry).toBeDefined();
});

test.each([
  ['never was', undefined],
  ['was deleted', { id: 'd', deleted: true, desiredVersion: 0, reportedVersion: 0, revision: 2 } as const],
])('a device that %s cannot be patched', (_what, current) => {
  expect(() => patch(current, {})).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('a precondition is checked, even for a patch that changes nothing', () => {
  const context = { now: NOW, precondition: { kind: 'match', revisions: [4] } } as const;
  expect(() => patchDevice(device, 'd', {}, context)).toThrow(expect.objectContaining({ code: 'precondition-failed' }));
});
