import { describe, expect, test } from 'vitest';
import { collectNames, parseCount, parseDurationMs, parseJsonObject, parsePercent, parseSeed } from './arguments.js';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('%s is a duration', (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

describe('refused', () => {
  const CASES: [string, (text: string) => unknown, string[]][] = [
    ['durations', parseDurationMs, ['', '5', '0s', '-1s', '1 s', 's', '1w', '25d', 'Infinitys']],
    ['counts', parseCount, ['', '0', '-1', '1.5', '1e3', 'x', '9007199254740993']],
    ['percents', parsePercent, ['', '101', '-1', 'x', '1e1']],
    ['seeds', parseSeed, ['', '-1', '1.5', '4294967296']],
    ['objects', parseJsonObject, ['', '[]', '1', 'null', '{"a":', '{"a":9007199254740993}']],
  ];
  test.each(CASES.flatMap(([kind, parse, texts]) => texts.map((text) => [kind, text, parse] as const)))(
    '%s: "%s"',
    (_, text, parse) => {
      expect(() => parse(text)).toThrow();
    },
  );
});

test('names are separated by commas, or by repeating the option', () => {
  expect(collectNames('c', collectNames('a, b,'))).toEqual(['a', 'b', 'c']);
});
