import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { admissionOrder } from '../rollout/admission/admission-order.js';
import { targetOf } from '../rollout/target-of.js';
import { Waiting } from './waiting.js';

const descending = (left: number, right: number): number => right - left;
const hashed = admissionOrder('limit-speed', 1);

/** How orders come about: all different, often the same, rising with the numbers. */
const ORDERS: Readonly<Record<string, (number: number) => number>> = {
  hashed: (number) => hashed(`device-${number}`),
  tied: (number) => hashed(`device-${number}`) % 400,
  rising: (number) => number,
};

/** The obvious thing: a sorted list. Those with equal orders come with the highest number first. */
class SortedList {
  #numbers: number[] = [];
  readonly #orderOf: (number: number) => number;

  constructor(orderOf: (number: number) => number) {
    this.#orderOf = orderOf;
  }

  get numbers(): readonly number[] {
    return this.#numbers;
  }

  add(added: readonly number[]): void {
    const orders = new Map([...new Set([...this.#numbers, ...added])].map((one) => [one, this.#orderOf(one)]));
    const order = (number: number) => orders.get(number) ?? 0;
    this.#numbers = [...orders.keys()].toSorted((left, right) => order(left) - order(right) || right - left);
  }

  remove(removed: readonly number[]): void {
    const gone = new Set(removed);
    this.#numbers = this.#numbers.filter((number) => !gone.has(number));
  }

  take(count: number): number[] {
    return this.#numbers.splice(0, count);
  }
}

/** Of long lists only where they differ first: to print them whole takes minutes. */
function difference<Item>(left: readonly Item[], right: readonly Item[]): string | undefined {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    if (left[index] !== right[index]) return `at ${index}: ${left[index]} instead of ${right[index]}`;
  }
  return undefined;
}

/** Runs of devices, long enough that chunks are split and joined. */
const runs = fc
  .record({
    from: fc.nat({ max: 9_000 }),
    count: fc.integer({ min: 1, max: 3_000 }),
    step: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ from, count, step }) => Array.from({ length: count }, (_, index) => from + index * step));

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), numbers: runs }),
    fc.record({ kind: fc.constant('remove' as const), numbers: runs }),
    fc.record({ kind: fc.constant('take' as const), count: fc.nat({ max: 1_500 }) }),
  ),
  { maxLength: 12 },
);

test.each(Object.entries(ORDERS))('is what a sorted list is, with orders that are %s', (_, orderOf) => {
  fc.assert(
    fc.property(runs, steps, (loaded, all) => {
      const list = new SortedList(orderOf);
      list.add(loaded);
      const waiting = new Waiting(descending);
      for (const number of loaded) waiting.add(number, orderOf(number));
      for (const step of all) {
        const before = new Set(list.numbers);
        if (step.kind === 'take') {
          expect(difference(waiting.take(step.count), list.take(step.count))).toBeUndefined();
        } else if (step.kind === 'add') {
          const isNew = step.numbers.map((number) => waiting.add(number, orderOf(number)));
          const expected = step.numbers.map((number) => !before.has(number));
          expect(difference(isNew, expected)).toBeUndefined();
          list.add(step.numbers);
        } else {
          const wasThere = step.numbers.map((number) => waiting.remove(number, orderOf(number)));
          const expected = step.numbers.map((number) => before.has(number));
          expect(difference(wasThere, expected)).toBeUndefined();
          list.remove(step.numbers);
        }
        expect(waiting.size).toBe(list.numbers.length);
        expect(waiting.first()?.number).toBe(list.numbers[0]);
      }
      expect(difference([...waiting], list.numbers)).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

describe('an empty one', () => {
  it('has no first, gives nothing and takes no memory', () => {
    const waiting = new Waiting(descending);
    expect([waiting.size, waiting.first(), waiting.take(3), waiting.remove(1, 1), waiting.bytes]).toEqual([
      0,
      undefined,
      [],
      false,
      0,
    ]);
  });

  it('is one again after the last was taken', () => {
    const waiting = new Waiting(descending);
    waiting.add(7, 1);
    expect(waiting.take(1)).toEqual([7]);
    expect([waiting.size, waiting.first(), waiting.add(8, 1), waiting.first()]).toEqual([
      0,
      undefined,
      true,
      { number: 8, order: 1 },
    ]);
  });
});

test('the last one, once removed, is gone and can come again', () => {
  const waiting = new Waiting(descending);
  for (const number of [1, 2, 3]) waiting.add(number, number);
  expect([waiting.remove(3, 3), waiting.remove(3, 3), waiting.size]).toEqual([true, false, 2]);
  expect([waiting.add(3, 3), waiting.add(3, 3), waiting.size]).toEqual([true, false, 3]);
  expect([...waiting]).toEqual([1, 2, 3]);
});

test('the largest numbers and orders are kept as they are', () => {
  const [number, order] = [2 ** 32 - 1, 2 ** 53 - 1];
  const waiting = new Waiting(descending);
  waiting.add(number, order);
  waiting.add(0, order - 1);
  waiting.add(5, order);
  expect([...waiting]).toEqual([0, number, 5]);
  expect(waiting.remove(number, order)).toBe(true);
});

test('what a smaller target takes is within what a larger one takes', () => {
  const percents = fc.uniqueArray(fc.integer({ min: 1, max: 99_999 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), percents, (matching, thousandths) => {
      const waiting = new Waiting(descending);
      const all = Array.from({ length: matching }, (_, number) => number);
      for (const number of all) waiting.add(number, hashed(`device-${number}`));
      const whole = [...waiting];
      let admitted: number[] = [];
      for (const parts of [...thousandths.toSorted((left, right) => left - right), 100_000]) {
        const target = targetOf(parts / 1_000, matching);
        admitted = [...admitted, ...waiting.take(target - admitted.length)];
        expect(difference(admitted, whole.slice(0, target))).toBeUndefined();
      }
      expect(admitted.toSorted((left, right) => left - right)).toEqual(all);
    }),
    { numRuns: 50 },
  );
});

const MANY = 100_000;
const bytesEach = (waiting: Waiting): number => waiting.bytes / waiting.size;

describe.each(Object.entries(ORDERS))('with many whose orders are %s', (_, orderOf) => {
  const numbers = Uint32Array.from({ length: MANY }, (_one, number) => number);
  const orders = Float64Array.from(numbers, orderOf);

  it('a device takes at most 20 bytes, however it came and whoever left', () => {
    const added = new Waiting(descending);
    for (const number of numbers) added.add(number, orders[number] ?? 0);
    expect(bytesEach(added)).toBeLessThan(20);
    for (const stays of [2, 16, 128]) {
      for (const number of numbers) if (number % stays !== 0) added.remove(number, orders[number] ?? 0);
      expect(bytesEach(added)).toBeLessThan(20);
    }
    expect(added.size).toBe(Math.ceil(MANY / 128));
  });

  it('the same are in the same order whether they were added forwards or backwards', () => {
    const [forwards, backwards] = [new Waiting(descending), new Waiting(descending)];
    for (const number of numbers) forwards.add(number, orders[number] ?? 0);
    for (const number of numbers.toReversed()) backwards.add(number, orders[number] ?? 0);
    expect(bytesEach(backwards)).toBeLessThan(20);
    expect(difference(backwards.take(MANY), [...forwards])).toBeUndefined();
  });
});
