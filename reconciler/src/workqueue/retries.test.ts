import { expect, test } from 'vitest';
import { Retries } from './retries.js';

test('a device that keeps failing is retried after 1, 2, 4 … seconds, at most once a minute in the end', () => {
  const retries = new Retries();
  const pauses: number[] = [];
  let now = 0;
  for (let round = 0; round < 9; round += 1) {
    retries.fail({ id: 'a', cause: 'change' }, now);
    const at = retries.nextAt ?? 0;
    pauses.push((at - now) / 1_000);
    expect(retries.takeDue(at - 1)).toEqual([]);
    now = at;
    expect(retries.takeDue(now)).toEqual([{ id: 'a', cause: 'change' }]);
    expect(retries.takeDue(now)).toEqual([]);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('a success resets the pause, and other devices are not delayed', () => {
  const retries = new Retries();
  retries.fail({ id: 'a', cause: 'change' }, 0);
  retries.takeDue(1_000);
  retries.fail({ id: 'a', cause: 'resync' }, 1_000);
  retries.fail({ id: 'b', cause: 'resync' }, 1_500);
  expect(retries.nextAt).toBe(2_500);
  expect(retries.takeDue(2_500)).toEqual([{ id: 'b', cause: 'resync' }]);
  expect(retries.takeDue(3_000)).toEqual([{ id: 'a', cause: 'change' }]);
  expect(retries.has('a')).toBe(true);
  retries.succeed('a');
  retries.succeed('b');
  expect([retries.has('a'), retries.nextAt]).toEqual([false, undefined]);
});

test('a clock set back by an hour delays no retry beyond its pause', () => {
  const hourMs = 3_600_000;
  const retries = new Retries();
  retries.fail({ id: 'a', cause: 'change' }, hourMs);
  expect(retries.takeDue(0)).toEqual([{ id: 'a', cause: 'change' }]);
});
