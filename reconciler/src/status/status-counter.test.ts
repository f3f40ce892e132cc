import type { ConfigurationAssignment, DeviceEntry, DeviceRecord } from '@muster/registry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { StatusCounter } from './status-counter.js';

const ids = ['k1', 'k2'] as const;

const applied = (parts: Partial<ConfigurationAssignment> = {}): ConfigurationAssignment => {
  return { id: 'k1', generation: 1, created: 1, since: 2, applied: false, overridden: false, ...parts };
};
const device = (id: string, configuration: Partial<ConfigurationAssignment>, parts: Partial<DeviceRecord> = {}) =>
  deviceRecord({ id, configurations: [applied(configuration)], ...parts });

const applications = fc.record({
  id: fc.constantFrom(...ids),
  generation: fc.integer({ min: 1, max: 2 }),
  created: fc.integer({ min: 1, max: 2 }),
  since: fc.constantFrom(0, 1, 2),
  applied: fc.boolean(),
  overridden: fc.boolean(),
});
const entries: fc.Arbitrary<DeviceEntry> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    isGone: fc.nat(4).map((dice) => dice === 0),
    connected: fc.boolean(),
    configurations: fc.uniqueArray(applications, { selector: ({ id }) => id }),
    failedVersion: fc.option(fc.constantFrom(1, 2)),
    hasProblem: fc.nat(4).map((dice) => dice === 0),
  })
  .map(({ id, isGone, failedVersion, hasProblem, ...parts }) => {
    if (isGone) return { id, deleted: true, desiredVersion: 1, reportedVersion: 1, revision: 2 };
    return deviceRecord({
      id,
      ...parts,
      ...(failedVersion ? { acknowledged: { version: failedVersion, status: 'failed', at: 0 } } : {}),
      ...(hasProblem ? { problem: { code: 'too-large', message: 'much' } } : {}),
    });
  });

test('after any changes the counts equal those of a fresh counter', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 30 }), (changes) => {
      const [counter, fresh] = [new StatusCounter(), new StatusCounter()];
      const stored = new Map<string, DeviceEntry>();
      for (const entry of changes) {
        counter.change(stored.get(entry.id), entry);
        stored.set(entry.id, entry);
      }
      for (const entry of stored.values()) fresh.change(undefined, entry);
      expect(counter.devices).toBe(fresh.devices);
      for (const id of ids) {
        expect(counter.status(id)).toEqual(fresh.status(id));
        for (const [generation, created] of [
          [1, 1],
          [2, 1],
          [1, 2],
          [2, 2],
        ] as const) {
          expect(counter.status(id, { generation, created })).toEqual(fresh.status(id, { generation, created }));
        }
      }
    }),
  );
});

test('matched are the overridden and the winning, winning the applied, failed and pending', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 10 }), (list) => {
      const counter = new StatusCounter();
      for (const entry of list) counter.change(undefined, entry);
      const {
        matched,
        admitted,
        overridden,
        winning,
        applied: good,
        failed,
        pending,
        offline,
      } = counter.status('k1', { generation: 1, created: 1 });
      const having = list.filter(
        (entry) => entry.deleted !== true && entry.configurations.some(({ id }) => id === 'k1'),
      );
      expect([matched, admitted, winning]).toEqual([having.length, having.length, good + failed + pending]);
      expect(matched).toBe(overridden + winning);
      expect(offline).toBeLessThanOrEqual(pending);
    }),
  );
});

test.each([
  ['applied', device('a', { applied: true }), { winning: 1, applied: 1 }],
  ['brought at version 0', device('a', { since: 0 }), { winning: 1, applied: 1 }],
  ['sent', device('a', {}, { connected: true }), { winning: 1, pending: 1, offline: 0 }],
  ['not sent', device('a', {}), { winning: 1, pending: 1, offline: 1 }],
  [
    'failed',
    device('a', {}, { acknowledged: { version: 2, status: 'failed', at: 0 } }),
    { winning: 1, failed: 1, offline: 0 },
  ],
  [
    'an older failure',
    device('a', {}, { acknowledged: { version: 1, status: 'failed', at: 0 } }),
    { winning: 1, pending: 1 },
  ],
  ['too much together', device('a', {}, { problem: { code: 'too-large', message: '' } }), { winning: 1, failed: 1 }],
  ['overridden', device('a', { overridden: true }), { winning: 0, overridden: 1, offline: 0 }],
] as const)('a device: %s', (_name, record, counts) => {
  const counter = new StatusCounter();
  counter.change(undefined, record);
  expect(counter.status('k1', { generation: 1, created: 1 })).toMatchObject({ matched: 1, admitted: 1, ...counts });
});

test('a device with the previous generation is pending, whatever it reported for that one', () => {
  const counter = new StatusCounter();
  counter.change(undefined, device('a', { applied: true }, { connected: true }));
  counter.change(undefined, device('b', { applied: true }));
  counter.change(undefined, device('c', { generation: 2, applied: true }));
  const next = counter.status('k1', { generation: 2, created: 1 });
  expect(next).toMatchObject({ matched: 3, applied: 1, pending: 2, offline: 1 });
  const remade = counter.status('k1', { generation: 1, created: 5 });
  expect(remade).toMatchObject({ matched: 3, applied: 0, pending: 3, offline: 2 });
});

test('changed configurations are taken once, up to the limit', () => {
  const counter = new StatusCounter();
  counter.change(undefined, device('a', {}));
  counter.markChanged('x');
  counter.markChanged('y');
  expect(counter.takeChanged(2)).toEqual(['k1', 'x']);
  expect(counter.hasChanged).toBe(true);
  expect(counter.takeChanged()).toEqual(['y']);
  expect(counter.hasChanged).toBe(false);
});

test('a report that changes no count marks no configuration', () => {
  const counter = new StatusCounter();
  const before = device('a', {});
  counter.change(undefined, before);
  counter.takeChanged();
  counter.change(before, { ...before, reported: { battery: 5 }, reportedVersion: 1 });
  expect(counter.hasChanged).toBe(false);
  counter.change(before, { ...before, connected: true });
  expect(counter.takeChanged()).toEqual(['k1']);
});
