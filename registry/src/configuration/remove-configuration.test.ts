import { expect, test } from 'vitest';
import type { ConfigurationRecord } from '../record/configuration-record.js';
import { removeConfiguration } from './remove-configuration.js';

const record: ConfigurationRecord = {
  id: 'c',
  targetCondition: '*',
  desiredProperties: { a: null },
  priority: 0,
  enforce: false,
  enabled: true,
  labels: { team: 'a' },
  created: 77,
  createdAt: 77,
  updatedAt: 1_000,
  generation: 3,
  contentGeneration: 3,
  revision: 5,
  progressRevision: 0,
  history: [],
};
const context = { now: 1_000, precondition: { kind: 'none' } } as const;

test('a tombstone keeps the created number and the revision', () => {
  expect(removeConfiguration(record, 'c', context)).toEqual({
    result: record,
    entry: { id: 'c', deleted: true, created: 77, revision: 6 },
    changes: [
      {
        kind: 'configuration',
        configuration: 'c',
        data: { change: 'deleted', generation: 3, at: '1970-01-01T00:00:01.000Z' },
      },
    ],
  });
});

test('a deleted configuration cannot be deleted again', () => {
  for (const current of [undefined, removeConfiguration(record, 'c', context).entry]) {
    expect(() => removeConfiguration(current, 'c', context)).toThrow(expect.objectContaining({ code: 'not-found' }));
  }
});

test('a precondition is checked', () => {
  const precondition = { kind: 'match', revisions: [4] } as const;
  expect(() => removeConfiguration(record, 'c', { now: 0, precondition })).toThrow(
    expect.objectContaining({ code: 'precondition-failed' }),
  );
});
