import { expect, test } from 'vitest';
import { historyWith } from '../configuration/configuration-generation.js';
import type {
  ConfigurationContent,
  ConfigurationGeneration,
  ConfigurationRecord,
} from '../record/configuration-record.js';
import { decodeConfiguration } from './configuration-row.js';

const content: ConfigurationContent = {
  targetCondition: '*',
  desiredProperties: { a: 1 },
  priority: 0,
  enforce: false,
};

function recordOf(history: readonly ConfigurationGeneration[], sinceGeneration: number): ConfigurationRecord {
  const numbers = { created: 7, createdAt: 7, updatedAt: 7, generation: history.length, sinceGeneration };
  return { id: 'c', ...content, ...numbers, enabled: true, labels: {}, revision: 9, step: 0, history };
}

test('a record reads back as it was written', () => {
  const progress = {
    ...{ key: 2, stable: 1, state: 'running', reason: { code: 'begun', text: 'begun' } },
    ...{ changedBy: 'muster', changedAt: 5, phase: 1, reachedForMs: 8, allowance: 0 },
  } as const;
  const before = recordOf([], 1);
  const history = historyWith({ ...before, rollout: { retries: 3 } }, [], 5);
  const [stable] = history;
  const record = { ...before, history, step: 4, rollout: { retries: 3 }, progress, ...(stable ? { stable } : {}) };
  expect(decodeConfiguration(JSON.stringify(record))).toEqual(record);
});

test('a tombstone reads back as it was written', () => {
  const tombstone = { id: 'c', deleted: true, created: 7, revision: 10 } as const;
  expect(decodeConfiguration(JSON.stringify(tombstone))).toEqual(tombstone);
});

test.each<[string, readonly number[], number, readonly number[]]>([
  ['one generation', [1], 1, [1]],
  ['generations that differ', [1, 2, 3], 3, [1, 2, 3]],
  ['some that differ in the condition only', [1, 2, 2, 2, 3, 3], 5, [1, 2, 2, 2, 5, 5]],
  ['a layer that is older than the history', [4, 4], 0, [0, 0]],
])(
  'an older row of %s is read with step 0, each generation with the first of its layer',
  (_what, layers, since, all) => {
    const generations = layers.map((a, index) => {
      return { ...content, targetCondition: `${index}`, desiredProperties: { a }, generation: index + 1, writtenAt: 5 };
    });
    const { step: _, ...record } = recordOf([], since);
    const row = JSON.stringify({ ...record, generation: layers.length, history: generations.toReversed() });
    const entry = decodeConfiguration(row) as ConfigurationRecord;
    expect(entry.step).toBe(0);
    expect(entry.history.toReversed().map(({ sinceGeneration }) => sinceGeneration)).toEqual(all);
    expect(entry.history[0]).toMatchObject(generations.at(-1) ?? {});
  },
);
