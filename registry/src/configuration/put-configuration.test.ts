import type { ConfigurationInput } from '@muster/api';
import { LIMITS } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { ConfigurationEntry, ConfigurationRecord } from '../record/configuration-record.js';
import { checkConfiguration, putConfiguration } from './put-configuration.js';
import { removeConfiguration } from './remove-configuration.js';

const NOW = 1_000;
const input: ConfigurationInput = { targetCondition: '*', desiredProperties: { a: 1 }, priority: 3 };

function put(current: ConfigurationEntry | undefined, change: Partial<ConfigurationInput> = {}, now = NOW) {
  const context = { now, created: now + 5, precondition: { kind: 'none' }, by: 'ann', rules: undefined } as const;
  return putConfiguration(current, 'c', { ...input, ...change }, context);
}

function stored(current?: ConfigurationEntry, change: Partial<ConfigurationInput> = {}): ConfigurationRecord {
  return put(current, change).entry as ConfigurationRecord;
}

describe('a new configuration', () => {
  test('has the defaults, generation 1 and the created time it was given', () => {
    const { result, entry, changes } = put(undefined, {});
    expect(entry).toEqual({
      id: 'c',
      targetCondition: '*',
      desiredProperties: { a: 1 },
      priority: 3,
      enforce: false,
      enabled: true,
      labels: {},
      created: 1_005,
      createdAt: 1_005,
      updatedAt: 1_005,
      generation: 1,
      contentGeneration: 1,
      revision: 1,
      progressRevision: 0,
      history: [
        {
          targetCondition: '*',
          desiredProperties: { a: 1 },
          priority: 3,
          enforce: false,
          generation: 1,
          contentGeneration: 1,
          writtenAt: NOW,
        },
      ],
    });
    expect(result).toEqual({ record: entry, isNew: true });
    const data = { change: 'created', generation: 1, at: new Date(NOW).toISOString() };
    expect(changes).toEqual([{ kind: 'configuration', configuration: 'c', data }]);
  });

  test('under the id of a deleted one has a new created number and new revisions', () => {
    const deleted = removeConfiguration(stored(), 'c', { now: NOW, precondition: { kind: 'none' } }).entry;
    const { entry, result } = put(deleted, {}, 2_000);
    expect(entry).toMatchObject({ created: 2_005, createdAt: 2_005, generation: 1, revision: 3 });
    expect(result.isNew).toBe(true);
  });
});

describe('an edit of a configuration', () => {
  test.each<[string, Partial<ConfigurationInput>]>([
    ['condition', { targetCondition: 'true' }],
    ['properties', { desiredProperties: { a: 2 } }],
    ['priority', { priority: 4 }],
    ['enforce', { enforce: true }],
  ])('of the %s makes a new generation with the same created number', (_what, change) => {
    const before = stored();
    const { entry, changes } = put(before, change, 2_000);
    const { created, createdAt } = before;
    expect(entry).toMatchObject({ ...change, created, createdAt, updatedAt: 2_000, generation: 2, revision: 2 });
    expect((entry as ConfigurationRecord).history.map(({ generation }) => generation)).toEqual([2, 1]);
    expect(changes?.[0]?.data).toMatchObject({ change: 'replaced', generation: 2 });
  });

  test('of the condition keeps the layer of devices that match before and after', () => {
    const second = stored(stored(), { desiredProperties: { a: 2 } });
    const third = stored(second, { desiredProperties: { a: 2 }, targetCondition: 'true' });
    const fourth = stored(third, { desiredProperties: { a: 2 }, targetCondition: 'false' });
    const fifth = stored(fourth, { desiredProperties: { a: 2 }, targetCondition: 'true', priority: 4 });
    const generations = [second, third, fourth, fifth].map((one) => [one.generation, one.contentGeneration]);
    expect(generations).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 5],
    ]);
  });

  test.each<[string, Partial<ConfigurationInput>]>([
    ['enabled', { enabled: false }],
    ['description', { description: 'why' }],
    ['labels', { labels: { team: 'a' } }],
  ])('of the %s keeps the generation', (_what, change) => {
    const before = stored();
    const { entry } = put(before, change, 2_000);
    expect(entry).toEqual({ ...before, ...change, updatedAt: 2_000, revision: 2 });
  });

  test.each<[string, ConfigurationRecord, Partial<ConfigurationInput>]>([
    ['the same', stored(), {}],
    ['its defaults spelled out', stored(), { enabled: true, enforce: false, labels: {} }],
    [
      'its members in another order',
      stored(undefined, { desiredProperties: { a: 1, b: 2 } }),
      { desiredProperties: { b: 2, a: 1 } },
    ],
  ])('of %s writes nothing', (_what, before, change) => {
    expect(put(before, change, 2_000)).toEqual({ result: { record: before, isNew: false } });
  });

  test('keeps only the last generations', () => {
    let record = stored();
    for (let n = 2; n <= LIMITS.generationsKept + 5; n += 1) record = stored(record, { desiredProperties: { n } });
    expect(record.history).toHaveLength(LIMITS.generationsKept);
    expect(record.history[0]?.generation).toBe(LIMITS.generationsKept + 5);
  });

  test('after the clock was set back is not older than the configuration', () => {
    expect(put(stored(), { priority: 9 }, 10).entry).toMatchObject({ createdAt: 1_005, updatedAt: 1_005 });
  });
});

test.each<[string, Partial<ConfigurationInput>, string]>([
  ['properties too deep', { desiredProperties: { a: JSON.parse('['.repeat(11) + ']'.repeat(11)) } }, 'too-deep'],
  ['a description too long', { description: 'x'.repeat(LIMITS.descriptionBytesMax) }, 'too-large'],
  ['labels too large', { labels: { a: 'x'.repeat(LIMITS.tagsBytesMax) } }, 'too-large'],
  ['a rollout', { rollout: { phases: [{ percent: 500 }] } }, 'bad-request'],
])('%s is refused', (_what, change, code) => {
  expect(() => checkConfiguration({ ...input, ...change }, undefined)).toThrow(expect.objectContaining({ code }));
});

test('a configuration within the limits is not refused', () => {
  expect(() => checkConfiguration({ ...input, description: 'why', labels: { team: 'a' } }, undefined)).not.toThrow();
});

test.each([
  ['absent', 1, 'precondition-failed'],
  ['exists', 0, 'precondition-failed'],
] as const)('a precondition (%s) is checked', (kind, writes, code) => {
  const current = writes === 1 ? stored() : undefined;
  const context = { now: NOW, created: NOW, precondition: { kind }, by: 'ann', rules: undefined } as const;
  expect(() => putConfiguration(current, 'c', input, context)).toThrow(expect.objectContaining({ code }));
});
