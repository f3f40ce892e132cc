import type { Admission, ConfigurationAssignment, DeviceRecord } from '@muster/registry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { RolloutCounts } from './rollout-counts.js';

const CONTENT = { id: 'c', created: 5, key: 3, contentGeneration: 3 };

const admission: fc.Arbitrary<Admission> = fc.record(
  {
    id: fc.constantFrom('c', 'other'),
    created: fc.constantFrom(5, 4),
    key: fc.constantFrom(3, 2),
    phase: fc.nat(2),
    givenAt: fc.constant(0),
    attempts: fc.constant(1),
    state: fc.constantFrom('given', 'applied', 'resting', 'failed'),
    version: fc.constant(1),
    convergedMs: fc.constantFrom(0, 5_000, 10 ** 9),
    isAway: fc.constant(true as const),
  },
  { requiredKeys: ['id', 'created', 'key', 'phase', 'givenAt', 'attempts', 'state', 'version'] },
);
const configuration: fc.Arbitrary<ConfigurationAssignment> = fc.record({
  id: fc.constant('c'),
  created: fc.constant(5),
  generation: fc.constantFrom(1, 3),
  since: fc.constant(1),
  applied: fc.boolean(),
  overridden: fc.boolean(),
});
const device: fc.Arbitrary<Partial<DeviceRecord>> = fc.record({
  admissions: fc.oneof(fc.constant(undefined), fc.array(admission, { minLength: 1, maxLength: 2 })),
  configurations: fc.array(configuration, { maxLength: 1 }),
  connected: fc.boolean(),
});
const change = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), device: fc.oneof(device, fc.constant(undefined)) });

const told = (counts: RolloutCounts) => ({
  sum: counts.sum,
  phases: [0, 1, 2].map((index) => counts.phase(index)),
  offline: counts.offline,
  fallen: counts.fellBack,
  failed: [...counts.failed].sort(),
  converged: counts.converged,
});

test('after any changes the counts are those of the devices as they are', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const counts = new RolloutCounts(CONTENT);
      const records = new Map<string, DeviceRecord>();
      for (const { id, device: next } of changes) {
        const before = records.get(id);
        const after = next && deviceRecord({ id, ...next });
        counts.change(before, after ?? { id, deleted: true, desiredVersion: 0, reportedVersion: 0, revision: 0 });
        if (after) records.set(id, after);
        else records.delete(id);
      }
      const fresh = new RolloutCounts(CONTENT);
      for (const record of records.values()) fresh.change(undefined, record);
      expect(told(counts)).toEqual(told(fresh));
      const { admitted, applied, failed, pending, overridden } = counts.sum;
      expect(applied + failed + pending + overridden).toBe(admitted);
    }),
  );
});

test('only who is admitted to this very content counts, in the phase that admitted it', () => {
  const counts = new RolloutCounts(CONTENT);
  const base: Admission = {
    id: 'c',
    created: 5,
    key: 3,
    phase: 1,
    givenAt: 0,
    attempts: 1,
    state: 'given',
    version: 1,
  };
  const list: readonly Admission[] = [
    base,
    { ...base, key: 2 },
    { ...base, created: 4 },
    { ...base, isAway: true },
    { ...base, phase: 0, state: 'failed', error: 'no' },
  ];
  for (const [n, one] of list.entries()) counts.change(undefined, deviceRecord({ id: `d-${n}`, admissions: [one] }));
  expect(counts.sum).toEqual({ admitted: 2, applied: 0, failed: 1, pending: 1, overridden: 0 });
  expect([counts.phase(0).failed, counts.phase(1).pending]).toEqual([1, 1]);
  expect([...counts.failed]).toEqual(['d-4']);
});
