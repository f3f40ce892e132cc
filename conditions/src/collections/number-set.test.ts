import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NumberSet } from './number-set.js';

/** Ranges with a step make lists and bits of every fullness, on both sides of the borders between chunks. */
const numbers = fc
  .array(
    fc.record({
      from: fc.oneof(fc.nat(200), fc.integer({ min: 65_000, max: 66_000 }), fc.constantFrom(2 ** 21 - 1_000)),
      step: fc.constantFrom(1, 2, 3, 7, 40),
      count: fc.oneof(fc.nat(20), fc.constantFrom(600, 1_500, 5_000)),
    }),
    { maxLength: 4 },
  )
  .map((ranges) =>
    ranges.flatMap(({ from, step, count }) => Array.from({ length: count }, (_, at) => from + at * step)),
  );

const sorted = (all: Iterable<number>) => [...new Set(all)].sort((left, right) => left - right);
const runs = { numRuns: 60 };

test('numbers may have 32 bits', () => {
  const many = Array.from({ length: 2_000 }, (_, at) => 2 ** 32 - 1 - at * 40);
  const set = NumberSet.of(many);
  expect(set.toArray()).toEqual(sorted(many));
  expect(many.every((number) => set.has(number) && !set.has(number - 1))).toBe(true);
});

describe('a set of numbers is as a plain set', () => {
  test('after additions and deletions in any order', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.boolean(), (added, deleted, isReversed) => {
        const [set, plain] = [new NumberSet(), new Set<number>()];
        for (const number of isReversed ? added.toReversed() : added) {
          if (set.add(number) === plain.has(number)) expect.fail(`${number} is new or not`);
          plain.add(number);
        }
        for (const number of deleted) {
          if (set.delete(number) !== plain.delete(number)) expect.fail(`${number} was there or not`);
        }
        expect(set.toArray()).toEqual(sorted(plain));
        expect(set.size).toBe(plain.size);
        for (const number of [...added, ...deleted]) if (set.has(number) !== plain.has(number)) expect.fail();
      }),
      runs,
    );
  });

  test('of many at once', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const all = [...first, ...second.toReversed(), ...first];
        const set = NumberSet.ofMany(Uint32Array.from(all), Uint32Array.from(second));
        expect(set.toArray()).toEqual(sorted(all));
        expect(set.size).toBe(new Set(all).size);
        const gone = new Set(first);
        for (const number of gone) set.delete(number);
        expect(set.toArray()).toEqual(sorted(second.filter((number) => !gone.has(number))));
      }),
      runs,
    );
  });

  test('joined with another', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const [left, right] = [NumberSet.of(first), NumberSet.of(second)];
        const [one, other] = [new Set(first), new Set(second)];
        const cases = [
          [left.intersect(right), sorted(first.filter((number) => other.has(number)))],
          [left.subtract(right), sorted(first.filter((number) => !other.has(number)))],
          [left.unite(right), sorted([...first, ...second])],
        ] as const;
        for (const [set, expected] of cases) {
          expect(set.toArray()).toEqual(expected);
          expect(set.size).toBe(expected.length);
        }
        expect([left.toArray(), right.toArray()]).toEqual([sorted(one), sorted(other)]);
      }),
      runs,
    );
  });

  test('and a copy is one of its own, as is what comes of joining', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const [set, other] = [NumberSet.of(first), NumberSet.of(second)];
        for (const copy of [set.clone(), set.subtract(other), set.unite(other), set.intersect(set)]) {
          for (const number of [...first, ...second]) copy.delete(number);
          expect(copy.size).toBe(0);
        }
        expect(set.toArray()).toEqual(sorted(first));
      }),
      runs,
    );
  });
});
