import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documents } from '../testing/index.js';
import { canonicalEqual, isEmpty, isObject, type Json, type JsonObject, own } from './json.js';

describe('canonicalEqual', () => {
  test.each<[Json | undefined, Json | undefined, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [{ a: null }, { b: null }, false],
    [[1, 2], [2, 1], false],
    [[1, [2]], [1, [2]], true],
    [[], {}, false],
    [{}, [], false],
    [{ 0: 'a' }, ['a'], false],
    [-0, 0, true],
    [1, '1', false],
    [null, undefined, false],
    [null, {}, false],
    [{ toString: 1 }, {}, false],
    [{}, { toString: 1 }, false],
  ])('%j and %j: %s', (left, right, expected) => {
    expect(canonicalEqual(left, right)).toBe(expected);
  });

  test('agrees with comparing texts with sorted members', () => {
    const sorted = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(sorted);
      if (!isObject(value)) return value;
      const names = Object.keys(value).toSorted();
      return { members: names.map((name) => [name, sorted(value[name] ?? null)]) };
    };
    fc.assert(
      fc.property(documents, documents, (left, right) => {
        const same = JSON.stringify([sorted(left)]) === JSON.stringify([sorted(right)]);
        expect(canonicalEqual(left, right)).toBe(same);
      }),
    );
  });
});

test('own returns no inherited member', () => {
  expect(own({}, 'constructor')).toBeUndefined();
  expect(own({ constructor: 1 }, 'constructor')).toBe(1);
  expect(own(JSON.parse('{"__proto__":1}') as JsonObject, '__proto__')).toBe(1);
});

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ['text', false],
  [undefined, false],
])('isObject(%j) is %s', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});

test.each<[JsonObject, boolean]>([
  [{}, true],
  [{ a: null }, false],
  [JSON.parse('{"__proto__":{}}') as JsonObject, false],
])('isEmpty(%j) is %s', (object, expected) => {
  expect(isEmpty(object)).toBe(expected);
});
