import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PathValues } from './path-values.js';

const DEVICES = 4_000;
const VALUES = 3_000;

/** A device gets another value, or none. */
const change = fc.record({
  number: fc.nat(DEVICES - 1),
  value: fc.oneof(fc.nat(VALUES - 1), fc.constant(undefined)),
});

/** What values are, kept twice: as they are stored, and plainly. */
function openValues() {
  const [values, plain] = [new PathValues({ distinct: 0 }), new Map<number, number>()];
  const set = (number: number, value: number | undefined): void => {
    const before = plain.get(number);
    if (before !== undefined) values.remove(before, number);
    plain.delete(number);
    if (value === undefined) return;
    values.add(value, number);
    plain.set(number, value);
  };
  for (let number = 0; number < DEVICES; number += 1) set(number, (number * 7_919) % VALUES);
  const bordersOf = (low: number, high: number) => {
    const order = values.order('number');
    if (!order) throw new Error('few values are in order at once');
    return [order.from(({ key }) => Number(key) >= low), order.from(({ key }) => Number(key) >= high)] as const;
  };
  const expected = (low: number, high: number): number[] =>
    [...plain].flatMap(([number, value]) => (value >= low && value < high ? [number] : []));
  return { values, set, bordersOf, expected };
}

test('what was prepared of a stretch and has changed since is found as it is', () => {
  const stretch = fc.tuple(fc.nat(VALUES), fc.nat(VALUES)).map(([one, other]) => [one, one + other] as const);
  const changes = fc.array(change, { maxLength: 2 });
  fc.assert(
    fc.property(stretch, stretch, fc.array(changes, { maxLength: 6 }), (prepared, asked, between) => {
      const { values, set, bordersOf, expected } = openValues();
      const steps = values.prepareBetween('number', ...bordersOf(...prepared));
      for (const some of between) {
        steps.next();
        for (const { number, value } of some) set(number, value);
      }
      if (between.length % 2 === 0) while (!steps.next().done);
      for (const { number, value } of between.at(-1) ?? []) set(number, value);
      const found = values.between('number', ...bordersOf(...asked)).toArray();
      expect(found).toEqual(expected(...asked).sort((left, right) => left - right));
    }),
    { numRuns: 300 },
  );
});

test('preparing goes on in steps, a block of values each', () => {
  const { values, bordersOf, expected } = openValues();
  const all = [0, VALUES] as const;
  expect([...values.prepareBetween('number', ...bordersOf(...all))].length).toBeGreaterThan(4);
  expect(values.between('number', ...bordersOf(...all)).size).toBe(expected(...all).length);
});
