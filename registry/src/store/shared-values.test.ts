import { expect, test } from 'vitest';
import { SharedValues } from './shared-values.js';

test('every text gives its own value, whatever was read before', () => {
  const values = new SharedValues<unknown>();
  for (let n = 0; n < 200_000; n += 1) {
    const text = `{"site":${(n * 7_919) % 30_000}}`;
    const value = values.of(text);
    if (n % 1_000 === 0) expect(value).toEqual(JSON.parse(text));
  }
});

test('thousands of texts in turn are parsed once each', () => {
  const values = new SharedValues<object>();
  const texts = Array.from({ length: 7_000 }, (_, n) => `{"site":${n}}`);
  const first = texts.map((text) => values.of(text));
  expect(texts.every((text, n) => values.of(text) === first[n])).toBe(true);
});

test('sharing is suspended while texts do not repeat, and tried again later', () => {
  const values = new SharedValues<object>();
  for (let n = 0; n < 30_000; n += 1) values.of(`{"serial":${n}}`);
  expect(values.of('{"a":1}')).not.toBe(values.of('{"a":1}'));
  for (let n = 0; n < 70_000; n += 1) values.of(`{"serial":${n}}`);
  expect(values.of('{"a":1}')).toBe(values.of('{"a":1}'));
});

test('a long text is not shared', () => {
  const values = new SharedValues<object>();
  const text = JSON.stringify({ text: 'x'.repeat(600) });
  expect(values.of(text)).not.toBe(values.of(text));
});
