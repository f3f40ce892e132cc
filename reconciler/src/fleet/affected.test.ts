import { FakeClock, makeDevice } from '@muster/registry/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CachedConfiguration, cachedConfiguration } from '../cache/configuration-cache.js';
import { configurationRecord } from '../testing/index.js';
import { affectedBy, assignedGenerationOf } from './affected.js';
import { Fleet } from './fleet.js';

const entry = (targetCondition: string, parts: object = {}): CachedConfiguration =>
  cachedConfiguration(configurationRecord({ id: 'c', targetCondition, ...parts }));
const numbers = Array.from({ length: 10 }, (_, n) => n);
const subject = (n: number) => ({
  id: `d-${n}`,
  name: `d-${n}`,
  tags: { n },
  reported: n % 2 === 0 ? { on: true } : { on: false },
});
const isTrue = ({ condition, record }: CachedConfiguration, n: number): boolean =>
  record.enabled && condition.test(subject(n)) === true;

/** Ten devices with `device.tags.n` from 0 to 9; each holds the generations given for it. */
async function fleetOf(had: (n: number) => CachedConfiguration | undefined) {
  const fleet = new Fleet({ walk: async () => true, clock: new FakeClock(), log: () => {} });
  const records = numbers.map((n) => {
    const held = had(n);
    const configurations = held ? [{ ...assignedGenerationOf(held), since: 1, applied: true, overridden: false }] : [];
    return makeDevice({ ...subject(n), configurations });
  });
  for (const record of records) fleet.add(record);
  const affected = (now: CachedConfiguration | undefined): string[] => {
    const found = affectedBy(fleet, 'c', now).flatMap(({ candidates, isAffected }) =>
      records.filter((record) => candidates.has(record.id) && (candidates.isExact || isAffected(record))),
    );
    return [...new Set(found.map(({ id }) => id.slice(2)))].sort();
  };
  return { fleet, records, affected };
}

const low = entry('device.tags.n < 3');
const edited = { generation: 2, contentGeneration: 2 };

test.each<[string, CachedConfiguration | undefined, CachedConfiguration | undefined, string[]]>([
  ['a new configuration: all matching devices', undefined, low, ['0', '1', '2']],
  ['a deleted configuration: all devices that hold it', low, undefined, ['0', '1', '2']],
  [
    'a disabled configuration: all devices that hold it',
    low,
    entry('device.tags.n < 3', { enabled: false }),
    ['0', '1', '2'],
  ],
  ['an edited threshold: devices whose match changes', low, entry('device.tags.n < 5', { generation: 2 }), ['3', '4']],
  ['an edited description: no device', low, entry('device.tags.n < 3', { description: 'why' }), []],
  [
    'edited properties: all devices that hold or match it',
    low,
    entry('device.tags.n = 7', edited),
    ['0', '1', '2', '7'],
  ],
  ['deleted and created again: the same', low, entry('device.tags.n > 8', { created: 9 }), ['0', '1', '2', '9']],
  [
    'a condition without an index: candidates whose match changes are evaluated',
    entry('device.reported.on'),
    entry('NOT device.reported.on'),
    [...'0123456789'],
  ],
])('%s', async (_what, before, now, expected) => {
  const { affected } = await fleetOf((n) => (before && isTrue(before, n) ? before : undefined));
  expect(affected(now)).toEqual(expected);
});

test('the affected devices are exactly those that do not hold what they should hold', async () => {
  const condition = fc
    .tuple(fc.constantFrom('tags.n <', 'tags.n >=', 'tags.n !=', 'reported.n <'), fc.nat(9))
    .map(([part, n]) => `device.${part} ${n}`);
  const entries = fc.record({ condition, generation: fc.nat(2), enabled: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(entries, { minLength: 10, maxLength: 10 }), entries, async (held, current) => {
      const entryOf = ({ condition: text, generation, enabled }: (typeof held)[number]): CachedConfiguration =>
        entry(text, { generation, contentGeneration: generation, enabled });
      const had = (n: number): CachedConfiguration | undefined => {
        const one = held[n];
        return one?.enabled ? entryOf(one) : undefined;
      };
      const { affected } = await fleetOf(had);
      const now = entryOf(current);
      const expected = numbers.filter((n) => {
        const edition = had(n)?.record.contentGeneration;
        return isTrue(now, n) ? edition !== now.record.contentGeneration : edition !== undefined;
      });
      expect(affected(now)).toEqual(expected.map(String));
    }),
  );
});

test('the index follows what devices hold', async () => {
  const { fleet, records, affected } = await fleetOf((n) => (n < 3 ? low : undefined));
  const [first] = records;
  if (!first) throw new Error('unreachable');
  fleet.change(first, { ...first, configurations: [] });
  expect(affected(low)).toEqual(['0']);
  fleet.change({ ...first, configurations: [] }, first);
  expect(affected(low)).toEqual([]);
  fleet.change(first, { id: first.id, deleted: true, desiredVersion: 1, reportedVersion: 0, revision: 2 });
  expect(affected(undefined)).toEqual(['1', '2']);
  for (const record of records.slice(1, 3)) fleet.change(record, { ...record, configurations: [] });
  expect(fleet.assignedGenerations('c')).toEqual([]);
});
