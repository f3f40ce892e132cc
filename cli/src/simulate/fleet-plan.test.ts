import { isId } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFleet } from './fleet-plan.js';

const seeds = fc.nat(2 ** 32 - 1);

test('ids are the prefix and a number of four digits or more', () => {
  const ids = (count: number) => planFleet({ count, prefix: 'model-v3.1', seed: 1 }).map(({ id }) => id);
  expect(ids(2)).toEqual(['model-v3.1-0001', 'model-v3.1-0002']);
  expect(ids(10_000).at(-1)).toBe('model-v3.1-10000');
});

test('the same seed plans the same fleet, and a larger fleet starts with the smaller one', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 50 }), (seed, count) => {
      const fleet = planFleet({ count, prefix: 'p', seed });
      expect(planFleet({ count: count + 10, prefix: 'p', seed }).slice(0, count)).toEqual(fleet);
      expect(new Set(fleet.map(({ id }) => id)).size).toBe(count);
      expect(fleet.every(({ id, tags }) => isId(id) && tags.site.startsWith(`${tags.region}-`))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('a fleet covers all regions and firmwares', () => {
  const fleet = planFleet({ count: 300, prefix: 'p', seed: 7 });
  const share = (text: string) => fleet.filter(({ tags }) => tags.region === text).length;
  for (const region of ['eu', 'us', 'apac']) expect(share(region)).toBeGreaterThan(60);
  expect(new Set(fleet.map(({ firmware }) => firmware)).size).toBe(3);
});

test('a different seed plans a different fleet', () => {
  const [one, other] = [1, 2].map((seed) => planFleet({ count: 20, prefix: 'p', seed }));
  expect(one).not.toEqual(other);
});

test.each(['pu mp', '-a', '', 'x'.repeat(128)])('the prefix "%s" is refused', (prefix) => {
  expect(() => planFleet({ count: 1, prefix, seed: 1 })).toThrow('--prefix');
});
