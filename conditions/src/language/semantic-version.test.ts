import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSemanticVersions, parseSemanticVersion } from './semantic-version.js';

function compare(left: string, right: string): number {
  const [one, other] = [parseSemanticVersion(left), parseSemanticVersion(right)];
  if (!one || !other) throw new Error(`no version: ${left} or ${right}`);
  return Math.sign(compareSemanticVersions(one, other));
}

const ascending = [
  '0.0.0-0',
  '0.0.0',
  '0.0.1',
  '0.1.0',

  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-rc.1.0',

  '1.0.0',
  '1.9.0',
  '1.10.0',
  '2.0.0',
  '10.0.0',
  '99999999999999999999.0.0',
  '100000000000000000000.0.0',
];

test('versions are ordered by clause 11', () => {
  for (const [index, left] of ascending.entries()) {
    for (const [other, right] of ascending.entries())
      expect([left, right, compare(left, right)]).toEqual([left, right, Math.sign(index - other)]);
  }
});

test.each([
  ['1.0.0+a', '1.0.0+b', 0],
  ['1.0.0-rc.1+a', '1.0.0-rc.1', 0],
  ['1.0.0-2', '1.0.0-1a', -1],
  ['1.0.0-A', '1.0.0-a', -1],
  ['1.0.0--', '1.0.0-a', -1],
  ['1.0.0-01a', '1.0.0-1a', -1],
  ['1.2.3', '1.2.3', 0],
])('%s against %s is %i', (left, right, order) => {
  expect(compare(left, right)).toBe(order);
  expect(compare(right, left)).toBe(order === 0 ? 0 : -order);
});

describe('no versions', () => {
  test.each([
    '',
    '1',
    '1.0',
    '1.0.0.0',
    'v1.0.0',
    '01.0.0',
    '1.00.0',
    '1.0.0-',
    '1.0.0-a..b',
    '1.0.0-01',
    '1.0.0+',
    '1.0.0+a..b',
    '1.0.0+a+b',
    '1.0.0-ä',
    ' 1.0.0',
    '1.0.0\n',
    '-1.0.0',
    '1.0.x',
    '１.0.0',
    'banana',
  ])('%j', (text) => {
    expect(parseSemanticVersion(text)).toBeUndefined();
  });
});

const word = fc.stringMatching(/^[0-9A-Za-z-]{1,4}$/).filter((text) => !/^0[0-9]+$/.test(text));
const version = fc
  .tuple(fc.tuple(fc.nat(3), fc.nat(12), fc.nat(3)), fc.array(word, { maxLength: 3 }))
  .map(([core, words]) => core.join('.') + (words.length > 0 ? `-${words.join('.')}` : ''));

test('the order is total', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(compare(a, b) + compare(b, a)).toBe(0);
      expect(compare(a, b) === 0).toBe(a === b);
      if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 500 },
  );
});
