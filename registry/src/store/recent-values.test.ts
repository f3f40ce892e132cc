import { expect, test } from 'vitest';
import { RecentValues } from './recent-values.js';

test('every text gives its own value, whatever was read before', () => {
  const values = new RecentValues<unknown>();
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 30; n += 1)
      expect(values.of(`{"n":${n % (5 + round * 10)}}`)).toEqual({ n: n % (5 + round * 10) });
  }
});

test('a few kinds in turn are parsed once each; a kind not seen for long is parsed again', () => {
  const values = new RecentValues<object>();
  const first = ['{"a":1}', '{"a":2}', '{"a":3}'].map((text) => values.of(text));
  expect(['{"a":1}', '{"a":2}', '{"a":3}'].map((text) => values.of(text)).map((one, at) => one === first[at])).toEqual([
    true,
    true,
    true,
  ]);
  for (let n = 0; n < 20; n += 1) values.of(`[${n}]`);
  expect(values.of('{"a":1}')).not.toBe(first[0]);
});
