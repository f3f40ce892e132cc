import type { Json } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalize } from '../../language/normalize.js';
import type { Place } from '../../language/place.js';
import { parseCondition } from '../../parse/parse.js';
import { workloadText } from '../../testing/workload.js';
import type { AccessKey } from '../access/access-key.js';
import { hasKey } from '../access/has-key.js';
import { leafKeys } from '../access/leaf-keys.js';
import { KeyPostings } from './key-postings.js';
import type { PostingList } from './posting-list.js';

const place: Place = { path: ['tags', 'a'], form: 'value' };

/** Keys as conditions make them, all moved to one place. */
const key: fc.Arbitrary<AccessKey> = workloadText
  .map((text) => normalize(parseCondition(text, 'target').root))
  .map((node) => (node.kind === 'and' || node.kind === 'or' || node.kind === 'constant' ? [] : leafKeys(node).flat()))
  .filter((keys) => keys.length > 0)
  .chain((keys) => fc.constantFrom(...keys))
  .map((one): AccessKey => ({ ...one, place }));
const window: fc.Arbitrary<AccessKey> = fc
  .tuple(fc.integer({ min: -3, max: 9 }), fc.integer({ min: 0, max: 4 }), fc.boolean(), fc.boolean())
  .map(([value, width, isAfter, isBelowAfter]) => ({
    kind: 'range',
    place,
    above: { value, isAfter },
    below: { value: value + width + 1, isAfter: isBelowAfter },
  }));
const value: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.integer({ min: -4, max: 12 }),
  fc.constantFrom('', 'x', 'ab', 'zabcd', '🚀', '1.0.0', true, false, null, undefined, 0.5, -0),
  fc.constantFrom<Json[]>([], {}, ['x', 1, 'x'], [null]),
);

const subjectWith = (a: Json | undefined) => ({ id: '', name: '', tags: a === undefined ? {} : { a }, reported: {} });

test('a value finds the lists of the keys that it has', () => {
  const keys = fc.array(fc.oneof({ weight: 3, arbitrary: key }, { weight: 1, arbitrary: window }), { maxLength: 30 });
  fc.assert(
    fc.property(keys, fc.nat(10), value, (all, dropped, held) => {
      const postings = new KeyPostings();
      const open = new Map(all.map((one) => [postings.open(one), one]));
      for (const one of all.slice(0, dropped)) {
        for (const list of [postings.find(one)]) if (list) open.delete(list);
        postings.drop(one);
      }
      const has = (one: AccessKey) => hasKey(one, subjectWith(held));
      const found = new Set<PostingList>();
      postings.visit(held, (list) => found.add(list));
      expect(found).toEqual(new Set([...open.keys()].filter((list) => has(open.get(list) as AccessKey))));
      for (const one of all) postings.drop(one);
      expect(postings.isEmpty).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[Json, number]>([
  [null, 0],
  [1, 1],
  [{}, 1],
  [[], 1],
])('of %j it is found %i times that it is not null', (value, times) => {
  const postings = new KeyPostings();
  postings.open({ kind: 'unequal', place, value: null });
  let seen = 0;
  postings.visit(value, () => {
    seen += 1;
  });
  expect(seen).toBe(times);
});
