import { expect, test } from 'vitest';
import { optionsOf } from './kernel/options.js';
import { MUTATIONS } from './mutations/mutations.js';
import { shrink } from './shrink.js';
import { simulate } from './simulate.js';

test('a shortened failure still fails in the same way', async () => {
  const mutation = MUTATIONS['reuse-versions'] ?? {};
  const failed = await simulate({ options: optionsOf(3, 100), mutation });
  const best = await shrink(failed, mutation);
  expect(best.failure?.checker).toBe(failed.failure?.checker);
  expect(best.performed.length).toBeLessThan(failed.performed.length);
  const again = await simulate({ options: optionsOf(3, 100), mutation, only: best.performed });
  expect([again.hash, again.failure]).toEqual([best.hash, best.failure]);
});
