import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compareAdmission } from '../../testing/compare-admission.js';
import { admissionOrder } from './admission-order.js';

const IDS = Array.from({ length: 20_000 }, (_, index) => `model-v3.1-${index}`);

function ranks(orderOf: (id: string) => number): Map<string, number> {
  const places = IDS.map((id) => ({ id, order: orderOf(id) })).toSorted(compareAdmission);
  return new Map(places.map(({ id }, rank) => [id, rank]));
}

/** Spearman: 1 for the same order, 0 for orders that have nothing to do with each other, give or take 1/√n. */
function correlation(left: Map<string, number>, right: Map<string, number>): number {
  const n = IDS.length;
  const squares = IDS.reduce((sum, id) => sum + ((left.get(id) ?? 0) - (right.get(id) ?? 0)) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

test.each([
  ['limit-speed', 1, 'pump-7', 5_301_450_239_482_734],
  ['limit-speed', 2, 'pump-7', 8_800_228_094_681_392],
  ['limit-speed', 1, 'pump-8', 657_466_994_518_669],
  ['a', 20, 'x', 2_519_254_763_877_321],
])('%s in generation %d has %s at the same place for ever', (configuration, generation, device, order) => {
  expect(admissionOrder(configuration, generation)(device)).toBe(order);
});

test('an order is an integer of 53 bits', () => {
  const orderOf = admissionOrder('limit-speed', 1);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 }), (id) => {
      expect(Number.isSafeInteger(orderOf(id))).toBe(true);
      expect(orderOf(id)).toBeGreaterThanOrEqual(0);
    }),
  );
  expect(Math.max(...IDS.map(orderOf))).toBeGreaterThan(2 ** 53 * 0.999);
});

describe('compareAdmission', () => {
  it.each([
    [{ id: 'b', order: 1 }, { id: 'a', order: 2 }, -1],
    [{ id: 'a', order: 2 }, { id: 'b', order: 1 }, 1],
    [{ id: 'a', order: 1 }, { id: 'b', order: 1 }, -1],
    [{ id: 'b', order: 1 }, { id: 'a', order: 1 }, 1],
    [{ id: 'a', order: 1 }, { id: 'a', order: 1 }, 0],
  ])('%o and %o: %d', (left, right, expected) => {
    expect(Math.sign(compareAdmission(left, right))).toBe(expected);
  });
});

/** The 99.99th percentile of chi-square with 99 degrees of freedom is 161. */
test.each([
  ['low', (order: number) => order % 100],
  ['high', (order: number) => Math.floor(order / (2 ** 53 / 100))],
])('the %s digits of orders are spread evenly', (_, bucketOf) => {
  const buckets = new Array<number>(100).fill(0);
  for (const order of IDS.map(admissionOrder('limit-speed', 1))) {
    const bucket = bucketOf(order);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const expected = IDS.length / 100;
  expect(buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(161);
});

describe('orders have nothing to do with each other', () => {
  const first = ranks(admissionOrder('limit-speed', 1));

  it.each([
    ['the next generation', 'limit-speed', 2],
    ['a generation that is written longer', 'limit-speed', 11],
    ['another configuration', 'limit-speee', 1],
    ['a configuration that ends in a digit', 'limit-speed/1', 1],
    ['a shorter name', 'a', 1],
  ])('%s', (_, configuration, generation) => {
    const other = ranks(admissionOrder(configuration, generation));
    expect(Math.abs(correlation(first, other))).toBeLessThan(4 / Math.sqrt(IDS.length));
    // Of the first twentieth of each, a twentieth is in both: 50 of 1,000, with a deviation of 6.7.
    const shared = IDS.filter((id) => (first.get(id) ?? 0) < 1_000 && (other.get(id) ?? 0) < 1_000).length;
    expect(Math.abs(shared - 50)).toBeLessThan(4 * 6.7);
  });

  it('but of one and the same generation are the same', () => {
    expect(correlation(first, ranks(admissionOrder('limit-speed', 1)))).toBe(1);
  });

  it('nor with the order of ids', () => {
    expect(Math.abs(correlation(first, new Map(IDS.map((id, index) => [id, index]))))).toBeLessThan(
      4 / Math.sqrt(IDS.length),
    );
  });
});
