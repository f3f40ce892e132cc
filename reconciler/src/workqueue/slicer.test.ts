import { FakeClock } from '@muster/registry/testing';
import { LIMITS } from '@muster/twin';
import { expect, test } from 'vitest';
import { Slicer } from './slicer.js';

/** Number of steps until one pauses. */
function stepsOfSlice(slicer: Slicer, afterStep: () => void = () => {}): number {
  for (let steps = 1; ; steps += 1) {
    afterStep();
    if (slicer.pause()) return steps;
  }
}

test('a slice ends after its time', () => {
  const clock = new FakeClock();
  expect(stepsOfSlice(new Slicer(clock), () => clock.advance(1))).toBe(LIMITS.sliceMs);
});

test('a slice ends after some hundred steps even if the clock stands still or goes back', () => {
  const steps = stepsOfSlice(new Slicer(new FakeClock()));
  expect(steps).toBeGreaterThan(100);
  expect(steps).toBeLessThan(1_000);
});

test('other work runs between two slices, and the next slice is as long as the first', async () => {
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
