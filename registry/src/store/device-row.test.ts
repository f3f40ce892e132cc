import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amended, type DeviceRecord } from '../record/device-record.js';
import { makeDevice } from '../testing/index.js';
import { type DeviceRow, decodeDevice, deviceTable, encodeDevice, RecentParts, rowOf } from './device-row.js';

const json = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
  .map((one) => JSON.parse(JSON.stringify(one)));
const configuration = fc.record(
  { id: fc.constant('c'), generation: fc.nat(3), created: fc.nat(3), since: fc.nat(3), applied: fc.boolean() },
  { requiredKeys: ['id', 'generation', 'created', 'applied'] },
);
const admission = fc.record(
  {
    ...{
      id: fc.string(),
      created: fc.nat(3),
      key: fc.nat(3),
      phase: fc.nat(3),
      givenAt: fc.nat(),
      attempts: fc.nat(3),
    },
    ...{ state: fc.constantFrom('given', 'applied', 'resting', 'failed'), version: fc.nat(), error: fc.string() },
    ...{ convergedMs: fc.nat(), isSent: fc.constant(true), spentMs: fc.nat(), restUntil: fc.nat() },
    isAway: fc.constant(true),
  },
  { requiredKeys: ['id', 'created', 'key', 'phase', 'givenAt', 'attempts', 'state', 'version'] },
);
const admissions = fc.option(fc.array(admission, { minLength: 1, maxLength: 2 }), { nil: undefined });
const fleetPart = fc.record(
  {
    desired: json,
    desiredVersion: fc.nat(),
    trail: fc.array(fc.record({ version: fc.nat(), undo: json }), { maxLength: 3 }),
    configurations: fc.array(configuration.map((one) => ({ ...one, overridden: false }))),
    admissions,
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
  { name: fc.string({ unit: 'binary' }), tags: json, enabled: fc.boolean(), ownDesired: json },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fleetPart.map((part) => (record: DeviceRecord) => amended(record, part as Partial<DeviceRecord>)),
  registration.map((part) => (record: DeviceRecord) => ({ ...record, ...part, revision: record.revision + 1 })),
  admissions.map(
    (list) => (record: DeviceRecord) => amended(record, { admissions: list as DeviceRecord['admissions'] }),
  ),
  fc.constant('reread' as const),
);

/** The value after JSON, which drops undefined members. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('after any changes and reads of two devices in turn, each reads back as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), step), { maxLength: 12 }), (steps) => {
      const records = new Map([true, false].map((which) => [which, makeDevice({ id: `d-${which}` })]));
      const encoded = new Map<boolean, DeviceRow>();
      let [written, read]: (DeviceRow | undefined)[] = [];
      const recent = new RecentParts();
      for (const [which, change] of steps) {
        const before = encoded.get(which);
        if (change === 'reread' && before) {
          read = decodeDevice(`d-${which}`, rowOf(before), read, recent);
          encoded.set(which, read);
          records.set(which, read.entry);
        } else if (change !== 'reread') {
          const record = change(records.get(which) as DeviceRecord);
          records.set(which, record);
          written = encodeDevice(record, before, written);
          encoded.set(which, written);
          const row = rowOf(written);
          expect(deviceTable.openCodec().decode(record.id, row).name).toBeDefined();
          expect(plain(decodeDevice(record.id, row, read, recent).entry)).toEqual(plain(record));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a device without admissions keeps its row, and reads back without them', () => {
  const { standing } = encodeDevice(amended(makeDevice(), { admissions: undefined }));
  expect(standing).toBe('{"desiredVersion":0,"bornVersion":0,"trail":[],"configurations":[]}');
  expect(decodeDevice('d', rowOf(encodeDevice(makeDevice()))).entry.admissions).toBeUndefined();
});

test('a value that stays the same is not encoded again', () => {
  let written = 0;
  const tags = { toJSON: () => `written ${++written} times` } as unknown as DeviceRecord['tags'];
  const record = makeDevice({ tags, reported: tags });
  const before = encodeDevice(record);
  const after = encodeDevice(amended(record, { desired: { a: 1 } }), before);
  expect(written).toBe(2);
  expect([after.registration, after.reported, after.contact, after.desired]).toEqual([
    ...[before.registration, before.reported, before.contact],
    '{"a":1}',
  ]);
});

test('devices that are read in turn share values with equal texts', () => {
  const desired = { a: 1 };
  const [left, right] = ['left', 'right'].map((id) => rowOf(encodeDevice(makeDevice({ id, desired, tags: { id } }))));
  const first = decodeDevice('left', left as string);
  const { entry: record } = decodeDevice('right', right as string, first);
  expect(record.desired).toBe(first.entry.desired);
  expect(record.configurations).toBe(first.entry.configurations);
  expect([record.id, record.tags]).toEqual(['right', { id: 'right' }]);
});

test('devices of several kinds in turn share the documents of their kind', () => {
  const recent = new RecentParts();
  const rows = ['a', 'b', 'a', 'b'].map((kind, n) =>
    rowOf(encodeDevice(makeDevice({ id: `d-${n}`, desired: { kind } }))),
  );
  let beside: DeviceRow | undefined;
  const records = rows.map((row, n) => {
    beside = decodeDevice(`d-${n}`, row, beside, recent);
    return beside.entry;
  });
  expect(records.map(({ desired }) => desired.kind)).toEqual(['a', 'b', 'a', 'b']);
  expect(records[2]?.desired).toBe(records[0]?.desired);
  expect(records[3]?.desired).toBe(records[1]?.desired);
});
