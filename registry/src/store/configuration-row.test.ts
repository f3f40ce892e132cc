import { expect, test } from 'vitest';
import { historyWith } from '../configuration/configuration-generation.js';
import type {
  ConfigurationContent,
  ConfigurationGeneration,
  ConfigurationRecord,
} from '../record/configuration-record.js';
import type { RolloutProgress } from '../record/rollout-progress.js';
import { decodeConfiguration, encodeConfiguration } from './configuration-row.js';

const content: ConfigurationContent = {
  targetCondition: '*',
  desiredProperties: { a: 1 },
  priority: 0,
  enforce: false,
};

function recordOf(history: readonly ConfigurationGeneration[], contentGeneration: number): ConfigurationRecord {
  const numbers = { created: 7, createdAt: 7, updatedAt: 7, generation: history.length, contentGeneration };
  return { id: 'c', ...content, ...numbers, enabled: true, labels: {}, revision: 9, progressRevision: 0, history };
}

test('a record reads back as it was written', () => {
  const progress: RolloutProgress = {
    ...{ key: 2, stable: 1, state: 'running', reason: { code: 'begun', text: 'begun' } },
    ...{ changedBy: 'muster', changedAt: 5, phase: 1, reachedForMs: 8, allowance: 0 },
  };
  const before = recordOf([], 1);
  const history = historyWith({ ...before, rollout: { retries: 3 } }, [], 5);
  const [stable] = history;
  const record: ConfigurationRecord = {
    ...before,
    history,
    progressRevision: 4,
    rollout: { retries: 3 },
    progress,
    ...(stable ? { stable } : {}),
  };
  const row = encodeConfiguration(record);
  expect(decodeConfiguration(row)).toEqual(record);
  expect(row).toContain('"sinceGeneration":1,"enabled"');
  expect(row).toContain('"revision":9,"step":4,');
});

test('a tombstone reads back as it was written', () => {
  const tombstone = { id: 'c', deleted: true, created: 7, revision: 10 } as const;
  expect(decodeConfiguration(encodeConfiguration(tombstone))).toEqual(tombstone);
});

test.each<[string, readonly number[], number, readonly number[]]>([
  ['one generation', [1], 1, [1]],
  ['generations that differ', [1, 2, 3], 3, [1, 2, 3]],
  ['some that differ in the condition only', [1, 2, 2, 2, 3, 3], 5, [1, 2, 2, 2, 5, 5]],
  ['a layer that is older than the history', [4, 4], 0, [0, 0]],
])(
  'an older row of %s is read with progress revision 0, each generation with the first of its layer',
  (_what, layers, since, all) => {
    const generations = layers.map((a, index) => {
      return { ...content, targetCondition: `${index}`, desiredProperties: { a }, generation: index + 1, writtenAt: 5 };
    });
    const history = generations.toReversed() as unknown as ConfigurationGeneration[];
    const { step: _, ...stored } = JSON.parse(encodeConfiguration({ ...recordOf(history, since), history }));
    const entry = decodeConfiguration(JSON.stringify(stored)) as ConfigurationRecord;
    expect(entry.progressRevision).toBe(0);
    expect(entry.history.toReversed().map(({ contentGeneration }) => contentGeneration)).toEqual(all);
    expect(entry.history[0]).toMatchObject(generations.at(-1) ?? {});
  },
);
