import { FakeClock } from '@muster/registry/testing';
import { LIMITS } from '@muster/twin';
import { expect, test } from 'vitest';
import { Slicer } from './slicer.js';

/** How many steps go on at once before one lets others run. */
function stepsOfSlice(slicer: Slicer, afterStep: () => void = () => {}): number {
  for (let steps = 1; ; steps += 1) {
    afterStep();
    if (slicer.pause()) return steps;
  }
}

test('a slice ends when its time is over', () => {
  const clock = new FakeClock();
  expect(stepsOfSlice(new Slicer(clock), () => clock.advance(1))).toBe(LIMITS.sliceMs);
});

test('a slice ends after some hundred steps, should the clock stand still or go back', () => {
  const steps = stepsOfSlice(new Slicer(new FakeClock()));
  expect(steps).toBeGreaterThan(100);
  expect(steps).toBeLessThan(1_000);
});

test('others run between two slices, and the next one is as long as the first', async () => {
  const clock = new FakeClock();
  const slicer = new Slicer(clock);
  let hasRun = false;
  setImmediate(() => {
    hasRun = true;
  });
  for (let pause = slicer.pause(); ; pause = slicer.pause()) {
    clock.advance(1);
    await pause;
    if (pause) break;
    expect(hasRun).toBe(false);
  }
  expect(hasRun).toBe(true);
  expect(stepsOfSlice(slicer, () => clock.advance(1))).toBe(LIMITS.sliceMs);
});
