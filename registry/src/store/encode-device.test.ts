import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amended, type DeviceRecord } from '../device-record.js';
import { makeDevice } from '../testing/index.js';
import { type EncodedDevice, encodeDevice, textOf } from './encode-device.js';

const json = fc.dictionary(fc.string(), fc.jsonValue()).map((one) => JSON.parse(JSON.stringify(one)));
const configuration = fc.record(
  { id: fc.constant('c'), generation: fc.nat(3), created: fc.nat(3), since: fc.nat(3), applied: fc.boolean() },
  { requiredKeys: ['id', 'generation', 'created', 'applied'] },
);
const fleetPart = fc.record(
  {
    desired: json,
    desiredVersion: fc.nat(),
    trail: fc.array(fc.record({ version: fc.nat(), undo: json }), { maxLength: 3 }),
    configurations: fc.array(configuration.map((one) => ({ ...one, overridden: false }))),
    problem: fc.constantFrom(undefined, { code: 'too-large', message: 'a "quoted" \u2028 text' } as const),
    reported: json,
    reportedVersion: fc.nat(),
    acknowledged: fc.record({ version: fc.nat(), status: fc.constant('failed'), error: fc.string(), at: fc.nat() }),
    connected: fc.boolean(),
    lastSeenAt: fc.nat(),
  },
  { requiredKeys: [] },
);
const registration = fc.record(
  { name: fc.string(), tags: json, enabled: fc.boolean(), ownDesired: json },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fleetPart.map((part) => (record: DeviceRecord) => amended(record, part as Partial<DeviceRecord>)),
  registration.map((part) => (record: DeviceRecord) => ({ ...record, ...part, revision: record.revision + 1 })),
);

test('after any changes of two devices in turn the text is the value that JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), step), { maxLength: 12 }), (steps) => {
      const records = new Map([true, false].map((which) => [which, makeDevice({ id: `d-${which}` })]));
      const encoded = new Map<boolean, EncodedDevice>();
      let beside: EncodedDevice | undefined;
      for (const [which, change] of steps) {
        const record = change(records.get(which) as DeviceRecord);
        records.set(which, record);
        beside = encodeDevice(record, encoded.get(which), beside);
        encoded.set(which, beside);
        expect(JSON.parse(textOf(beside))).toEqual(JSON.parse(JSON.stringify(record)));
      }
    }),
    { numRuns: 500 },
  );
});

test('what stays the same value is not written out again', () => {
  let written = 0;
  const tags = { toJSON: () => `written ${++written} times` } as unknown as DeviceRecord['tags'];
  const record = makeDevice({ tags, reported: tags });
  const before = encodeDevice(record);
  const after = encodeDevice(amended(record, { desired: { a: 1 } }), before);
  expect(written).toBe(2);
  expect([after.registration, after.reported, after.desired]).toEqual([
    before.registration,
    before.reported,
    '{"a":1}',
  ]);
});
