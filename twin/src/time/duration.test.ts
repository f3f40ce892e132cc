import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { durationMs, durationText, parseDuration } from './duration.js';

test.each([
  ['0s', 0],
  ['0d', 0],
  ['1ms', 1],
  ['1500ms', 1_500],
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['007h', 25_200_000],
  ['365d', LIMITS.durationMsMax],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text, '/wait')).toBe(milliseconds);
});

test('a caller may allow fractions', () => {
  expect(['1.5h', '0.5ms', '2m'].map(durationMs)).toEqual([5_400_000, 0.5, 120_000]);
  expect(['1.h', '.5h', '1,5h', 'h', ''].map(durationMs)).toEqual(Array(5).fill(undefined));
});

test.each([
  '',
  '5',
  'h',
  '-5m',
  '+5m',
  '1.5h',
  '1e3s',
  '5 m',
  ' 5m',
  '5m\n',
  '5M',
  '5min',
  '1h30m',
  '５m',
  '5w',
  '0x5m',
])('%j is refused, and an example shown', (text) => {
  const advice = '/phases/0/wait is not a duration: write an integer and ms, s, m, h or d, such as "90m"';
  expect(() => parseDuration(text, '/phases/0/wait')).toThrow(
    new TwinError('bad-request', advice, { path: '/phases/0/wait' }),
  );
});

test.each(['366d', '31536000001ms', '9007199254740993ms', `${'9'.repeat(400)}d`])('%s is too long', (text) => {
  expect(() => parseDuration(text, '/timeout')).toThrow('/timeout is too long: write at most "365d"');
});

test('an error carries the place', () => {
  expect(() => parseDuration('soon', '/timeout')).toThrow(
    expect.objectContaining({ code: 'bad-request', details: { path: '/timeout' } }),
  );
});

test.each([
  [0, '0s'],
  [1, '1ms'],
  [1_000, '1s'],
  [90_000, '90s'],
  [5_400_000, '90m'],
  [86_400_000, '1d'],
  [90_000_000, '25h'],
])('%d ms is written as %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('durationText and parseDuration are inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LIMITS.durationMsMax }), (milliseconds) => {
      expect(parseDuration(durationText(milliseconds), '')).toBe(milliseconds);
    }),
  );
});
