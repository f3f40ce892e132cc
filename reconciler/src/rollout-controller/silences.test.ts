import { expect, test } from 'vitest';
import { Silences, silenceKey } from './silences.js';

const KEY = silenceKey({ id: 'd' }, 'c');

function started() {
  const time = { now: 1_000 };
  return { time, silences: new Silences(() => time.now) };
}

test('a device is silent from the moment it owes an answer, and begins anew with each attempt', () => {
  const { time, silences } = started();
  silences.onChange(KEY, { isOwing: true, attempts: 1, spentMs: 0 });
  time.now += 500;
  silences.onChange(KEY, { isOwing: true, attempts: 1, spentMs: 0 });
  expect(silences.silentMs(KEY)).toBe(500);
  silences.onChange(KEY, { isOwing: true, attempts: 2, spentMs: 0 });
  expect(silences.silentMs(KEY)).toBe(0);
  silences.onChange(KEY, { isOwing: false, attempts: 2, spentMs: 0 });
  time.now += 500;
  expect(silences.silentMs(KEY)).toBe(0);
});

test('what passed in connections that ended is kept until the admission says it', () => {
  const { time, silences } = started();
  silences.onChange(KEY, { isOwing: true, attempts: 1, spentMs: 0 });
  time.now += 300;
  silences.cut(KEY, 1, 0);
  time.now += 9_000;
  silences.onChange(KEY, { isOwing: true, attempts: 1, spentMs: 0 });
  time.now += 200;
  silences.cut(KEY, 1, 0);
  expect(silences.spentMs(KEY)).toBe(500);
  expect(silences.silentMs(KEY)).toBe(0);
  silences.onChange(KEY, { isOwing: false, attempts: 1, spentMs: 500 });
  expect(silences.spentMs(KEY)).toBe(0);
});

test('who owed nothing has spent nothing, and a device that is gone is forgotten', () => {
  const { time, silences } = started();
  silences.cut(KEY, 1, 0);
  expect(silences.spentMs(KEY)).toBe(0);
  silences.onChange(KEY, { isOwing: true, attempts: 1, spentMs: 0 });
  time.now += 100;
  silences.forget(KEY);
  expect(silences.silentMs(KEY)).toBe(0);
});
