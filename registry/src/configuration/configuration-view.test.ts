import { expect, test } from 'vitest';
import type { ConfigurationRecord } from '../record/configuration-record.js';
import { configurationView } from './configuration-view.js';

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

test('a view holds the written members and those that the server adds, and no internal ones', () => {
  expect(configurationView(record)).toEqual({
    id: 'c',
    targetCondition: '*',
    desiredProperties: { a: null },
    priority: 0,
    enforce: false,
    enabled: true,
    labels: { team: 'a' },
    generation: 3,
    createdAt: '1970-01-01T00:00:00.077Z',
    updatedAt: '1970-01-01T00:00:01.000Z',
  });
  expect(configurationView({ ...record, description: 'why' }).description).toBe('why');
  const rollout = { phases: [{ percent: 10, wait: '60m' }, { percent: 100 }] };
  expect(configurationView({ ...record, rollout }).rollout).toEqual(rollout);
});
