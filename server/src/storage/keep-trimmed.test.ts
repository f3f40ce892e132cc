import { FakeClock } from '@muster/registry/testing';
import { expect, it } from 'vitest';
import { keepTrimmed } from './keep-trimmed.js';

const TEN_MINUTES_MS = 10 * 60_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('trims at once and every ten minutes, also after a failure, until it is cancelled', async () => {
  const clock = new FakeClock(1_000_000);
  const [bounds, logged]: [unknown[], string[]] = [[], []];
  const store = {
    trim: async (asked: unknown) => {
      bounds.push(asked);
      if (bounds.length === 2) throw new Error('broken');
    },
  };
  const cancel = keepTrimmed(store, { clock, log: (level) => logged.push(level) }, { ageMs: 1_000, bytesMax: 5 });
  await settled();
  for (let round = 0; round < 2; round += 1) {
    clock.advance(TEN_MINUTES_MS);
    await settled();
  }
  expect(bounds).toEqual([
    { olderThan: 999_000, bytesMax: 5 },
    { olderThan: 999_000 + TEN_MINUTES_MS, bytesMax: 5 },
    { olderThan: 999_000 + 2 * TEN_MINUTES_MS, bytesMax: 5 },
  ]);
  expect(logged).toEqual(['error']);
  cancel();
  clock.advance(TEN_MINUTES_MS);
  await settled();
  expect(bounds).toHaveLength(3);
});
