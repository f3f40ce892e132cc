import type { ConfigurationRecord, RolloutProgress } from '@muster/registry';
import { expect, test } from 'vitest';
import { bookEntry } from './configuration-book.js';
import { Stances } from './stances.js';
import { configurationRecord, progressOf } from './testing/index.js';

const running: RolloutProgress = progressOf({ key: 2, stable: 1, state: 'running', phase: 0 });
const record = (part: Partial<ConfigurationRecord> = {}) =>
  configurationRecord({ id: 'c', generation: 2, rollout: {}, progress: running, ...part });

test('the next phase of a rollout is no news for those who have it, everything else is', () => {
  const stances = new Stances();
  const isNews = (part?: Partial<ConfigurationRecord>) => stances.isNews('c', bookEntry(record(part)));
  expect(isNews()).toBe(true);
  expect(isNews({ progress: { ...running, phase: 1, allowance: 5 }, step: 9 })).toBe(false);
  const others: Partial<ConfigurationRecord>[] = [
    { enabled: false },
    { generation: 3 },
    { created: 77 },
    { progress: { ...running, state: 'paused' } },
    { progress: { ...running, state: 'complete' } },
    { progress: { ...running, key: 3 } },
  ];
  for (const part of others) {
    expect(isNews(part)).toBe(true);
    expect(isNews()).toBe(true);
  }
});

test('one that is gone is news, and so is everything after changes were missed', () => {
  const stances = new Stances();
  stances.isNews('c', bookEntry(record()));
  expect(stances.isNews('c', undefined)).toBe(true);
  expect(stances.isNews('c', bookEntry(record()))).toBe(true);
  stances.forget();
  expect(stances.isNews('c', bookEntry(record()))).toBe(true);
});
