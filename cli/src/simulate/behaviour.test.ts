import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Behaviour,
  decideAbsenceMs,
  decideApplication,
  decideDropDelayMs,
  decideReportDelayMs,
} from './behaviour.js';
import { createRandom, createRandomOf } from './random.js';
import { firstVitals, nextVitals, type Vitals } from './vitals.js';

const CALM: Behaviour = { failPercent: 0, applyDelayMaxMs: 2_000, reportIntervalMs: 1_000, churnPercent: 0 };
const DRAWS = 5_000;
const seeds = fc.nat(2 ** 32 - 1);

function draw<Value>(work: (random: () => number) => Value, seed = 42): Value[] {
  const random = createRandom(seed);
  return Array.from({ length: DRAWS }, () => work(random));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('random numbers', () => {
  test('are the same for the same seed, and in [0, 1)', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, other] = [createRandom(seed), createRandom(seed)];
        for (let index = 0; index < 20; index += 1) {
          const value = one();
          expect(value).toBe(other());
          expect(value >= 0 && value < 1).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('are uniform, and differ between devices', () => {
    expect(mean(draw((random) => random()))).toBeCloseTo(0.5, 1);
    const firsts = Array.from({ length: 1_000 }, (_, index) => createRandomOf(7, index)());
    expect(new Set(firsts).size).toBeGreaterThan(990);
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
  });
});

describe('applying', () => {
  test.each([
    [0, 0, 0],
    [100, 1, 1],
    [20, 0.17, 0.23],
  ])('fails %d percent of the time', (failPercent, low, high) => {
    const applications = draw((random) => decideApplication({ ...CALM, failPercent }, random));
    const failed = applications.filter(({ error }) => error !== undefined).length / DRAWS;
    expect(failed >= low && failed <= high).toBe(true);
    expect(applications.every(({ delayMs }) => delayMs >= 0 && delayMs < CALM.applyDelayMaxMs)).toBe(true);
  });
});

test('reports keep to their interval on average', () => {
  const delays = draw((random) => decideReportDelayMs(CALM, random));
  expect(mean(delays)).toBeGreaterThan(950);
  expect(mean(delays)).toBeLessThan(1_050);
});

test('a churn of 50 percent drops a device every two minutes on average, one of 0 never', () => {
  expect(decideDropDelayMs(CALM, () => 0.5)).toBeUndefined();
  const delays = draw((random) => decideDropDelayMs({ ...CALM, churnPercent: 50 }, random) ?? 0);
  expect(mean(delays)).toBeGreaterThan(110_000);
  expect(mean(delays)).toBeLessThan(130_000);
  expect(decideDropDelayMs({ ...CALM, churnPercent: 0.000_001 }, () => 0.999)).toBeLessThan(2 ** 31);
});

test('a device returns within 15 seconds after a drop', () => {
  expect(draw(decideAbsenceMs).every((delayMs) => delayMs >= 1_000 && delayMs < 15_000)).toBe(true);
});

test('vitals stay in range, and the battery is charged before it is empty', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = createRandom(seed);
      let vitals: Vitals = firstVitals(random);
      let wasCharged = false;
      for (let index = 0; index < 300; index += 1) {
        vitals = nextVitals(vitals, random);
        wasCharged ||= vitals.isCharging;
        expect(vitals.battery >= 10 && vitals.battery <= 100 && Number.isInteger(vitals.battery)).toBe(true);
        expect(vitals.temperature > -10 && vitals.temperature < 60).toBe(true);
      }
      expect(wasCharged).toBe(true);
    }),
    { numRuns: 100 },
  );
});
