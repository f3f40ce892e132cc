import { expect, test } from 'vitest';
import { prefetched } from './prefetched.js';

test('ids are yielded unchanged and announced 64 at a time, and a pause holds none back', () => {
  const announced: (readonly string[])[] = [];
  const devices = { prefetch: (ids: readonly string[]) => void announced.push(ids) };
  const ids = Array.from({ length: 150 }, (_, n) => `d-${n}`);
  const source = [...ids.slice(0, 3), undefined, ...ids.slice(3)];
  expect([...prefetched(devices, source)]).toEqual(source);
  expect(announced.map(({ length }) => length)).toEqual([3, 64, 64, 19]);
  expect(announced.flat()).toEqual(ids);
});
