import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SortedBlocks } from '../../collections/sorted-blocks.js';
import { type OrderedValue, type OrderKind, PathValues } from './path-values.js';
import { Preparation } from './preparation.js';

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
      const releases: (() => void)[] = [];
      const steps = values.prepareBetween('number', ...bordersOf(...prepared), (release) => releases.push(release));
      for (const some of between) {
        steps.next();
        for (const { number, value } of some) set(number, value);
      }
      if (between.length % 2 === 0) while (!steps.next().done);
      for (const { number, value } of between.at(-1) ?? []) set(number, value);
      const found = values.between('number', ...bordersOf(...asked)).toArray();
      expect(found).toEqual(expected(...asked).sort((left, right) => left - right));
      for (const release of releases) release();
      expect(values.prepared).toBe(0);
    }),
    { numRuns: 300 },
  );
});

describe('an order', () => {
  const TEXTS = 1_500;
  /** Each text has others that LOWER or VERSION makes the same of it. */
  const textOf = (n: number) => `${n % 7}.${n % 11}.${n >>> 1}${n % 2 === 0 ? '' : '-RC'}`;
  const kinds = fc.constantFrom<OrderKind>('string', 'lower', 'version');
  const changes = fc.array(
    fc.record({ step: fc.nat(5), n: fc.nat(2 * TEXTS), isAdded: fc.boolean(), isAskedFor: fc.boolean() }),
    { maxLength: 12 },
  );
  const openTexts = () => {
    const [values, plain] = [new PathValues({ distinct: 0 }), new Set<string>()];
    const set = (n: number, isThere: boolean): void => {
      if (plain.has(textOf(n)) === isThere) return;
      if (isThere) plain.add(textOf(n));
      else plain.delete(textOf(n));
      if (isThere) values.add(textOf(n), n);
      else values.remove(textOf(n), n);
    };
    for (let n = 0; n < TEXTS; n += 1) set((n * 7_919) % TEXTS, true);
    return { values, plain, set };
  };
  const valuesOf = (order: SortedBlocks<OrderedValue> | undefined) =>
    order && [...order.walk(order.start)].map(({ value }) => value);

  test.each<OrderKind>(['string', 'lower', 'version'])(
    'of %s is made in steps, also of values that are few',
    (kind) => {
      const { values, plain } = openTexts();
      const steps = values.prepareOrder(kind);
      let taken = 0;
      for (let next = steps.next(); !next.done; next = steps.next()) taken += 1;
      expect(taken).toBeGreaterThanOrEqual(Math.floor(TEXTS / 256));
      expect(valuesOf(values.order(kind))).toHaveLength(plain.size);
    },
  );

  test('that several make at once, while values come and go, is the one of the values there are', () => {
    fc.assert(
      fc.property(kinds, changes, (kind, some) => {
        const { values, plain, set } = openTexts();
        const both = [values.prepareOrder(kind), values.prepareOrder(kind)];
        for (let step = 0, left = both; left.length > 0; step += 1) {
          left = left.filter((steps) => !steps.next().done);
          for (const { n, isAdded, isAskedFor } of some.filter((one) => one.step === step)) {
            set(n, isAdded);
            if (isAskedFor && n % 5 === 0) values.order(kind);
          }
        }
        const fresh = new PathValues({ distinct: 0 });
        for (const [number, text] of [...plain].entries()) fresh.add(text, number);
        expect(valuesOf(values.order(kind))).toEqual(valuesOf(fresh.order(kind)));
        expect(valuesOf(values.order('string'))).toEqual([...plain].sort());
      }),
      { numRuns: 60 },
    );
  });
});

describe('what was prepared', () => {
  const all = [0, VALUES] as const;

  test('is prepared in steps, a block of values each', () => {
    const { values, bordersOf, expected } = openValues();
    expect([...values.prepareBetween('number', ...bordersOf(...all), () => {})].length).toBeGreaterThan(4);
    expect(values.between('number', ...bordersOf(...all)).size).toBe(expected(...all).length);
  });

  test('is shared by all queries until its last holder releases it', () => {
    const { values, bordersOf } = openValues();
    const [first, second] = [0, 0].map(
      () => new Preparation((keep) => values.prepareBetween('number', ...bordersOf(...all), keep)),
    );
    expect([...(first ?? [])].length).toBe([...(second ?? [])].length);
    const prepared = values.prepared;
    expect(prepared).toBeGreaterThan(4);
    values.between('number', ...bordersOf(0, 10));
    values.between('number', ...bordersOf(...all));
    first?.release();
    first?.release();
    expect(values.prepared).toBe(prepared);
    second?.release();
    expect(values.prepared).toBe(0);
  });

  test('is dropped by a change, and belongs to its new holder when prepared again', () => {
    const { values, set, bordersOf } = openValues();
    const prepare = () => {
      const preparation = new Preparation((keep) => values.prepareBetween('number', ...bordersOf(...all), keep));
      for (const _ of preparation);
      return preparation;
    };
    const first = prepare();
    const prepared = values.prepared;
    set(1, undefined);
    expect(values.prepared).toBe(prepared - 1);
    const second = prepare();
    first.release();
    expect(values.prepared).toBe(prepared);
    second.release();
    expect(values.prepared).toBe(0);
  });

  test('is not kept where it is released before the last step', () => {
    const { values, bordersOf } = openValues();
    const preparation = new Preparation((keep) => values.prepareBetween('number', ...bordersOf(...all), keep));
    let steps = 0;
    for (const _ of preparation) {
      steps += 1;
      if (steps === 2) preparation.release();
    }
    expect([steps, values.prepared]).toEqual([2, 0]);
  });
});
