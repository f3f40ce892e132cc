import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSemanticVersions, parseSemanticVersion } from './semantic-version.js';
import { versionKey, versionOfKey } from './version-key.js';

/** Versions that differ only at their ends are the interesting cases. */
const number = fc
  .oneof({ weight: 8, arbitrary: fc.constantFrom(1, 2, 10) }, { weight: 1, arbitrary: fc.nat() })
  .map(String);
const identifier = fc.oneof(
  number,
  fc.stringMatching(/^[A-Za-z-][0-9A-Za-z-]{0,3}$/),
  fc.constantFrom('a', 'ab', 'rc'),
);
const version = fc
  .tuple(
    fc.constant('1'),
    fc.constantFrom('0', '9'),
    number,
    fc.array(identifier, { maxLength: 3 }),
    fc.constantFrom('', '+b', '+b.7'),
  )
  .map(([major, minor, patch, pre, build]) => {
    const release = `${major}.${minor}.${patch}`;
    return { text: `${release}${pre.length > 0 ? `-${pre.join('.')}` : ''}${build}`, build };
  });

function order(left: string, right: string): number {
  const [one, other] = [parseSemanticVersion(left), parseSemanticVersion(right)];
  if (!one || !other) throw new Error(`no version: ${left} or ${right}`);
  return Math.sign(compareSemanticVersions(one, other));
}

function orderOfKeys(left: string, right: string): number {
  const [one, other] = [versionKey(left) ?? '', versionKey(right) ?? ''];
  return one === other ? 0 : one < other ? -1 : 1;
}

test('keys sort like their versions, and convert back to them', () => {
  fc.assert(
    fc.property(version, version, (left, right) => {
      expect(orderOfKeys(left.text, right.text)).toBe(order(left.text, right.text));
      expect(versionOfKey(versionKey(left.text) ?? '')).toBe(left.text.slice(0, left.text.length - left.build.length));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['9.0.0', `1${'0'.repeat(65_534)}.0.0`],
  [`${'9'.repeat(65_534)}.0.0`, `1${'0'.repeat(65_534)}.0.0`],
  [`${'9'.repeat(65_535)}.0.0`, `1${'0'.repeat(65_535)}.0.0`],
  [`1.0.0-${'9'.repeat(65_535)}`, `1.0.0-1${'0'.repeat(65_535)}`],
])('numbers are ordered by length first, whatever their length', (left, right) => {
  expect([order(left, right), orderOfKeys(left, right)]).toEqual([-1, -1]);
  expect(versionOfKey(versionKey(right) ?? '')).toBe(right);
});

test.each(['', '1.0', 'v1.0.0', '01.0.0', '1.0.0-'])('%j has no key', (text) => {
  expect(versionKey(text)).toBeUndefined();
});
