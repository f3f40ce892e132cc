import { canonicalEqual, formatPointer, isObject, type JsonObject, leafPaths, valueAt } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathChanges } from './path-changes.js';

test.each<[string, JsonObject, JsonObject, unknown[]]>([
  ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, []],
  ['a different order of members', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, []],
  ['a different value', { a: 1 }, { a: 2 }, [{ path: '/a', before: 1, after: 2 }]],
  [
    'a member that is added',
    {},
    { n: { a: 1, b: {} } },
    [
      { path: '/n/a', after: 1 },
      { path: '/n/b', after: {} },
    ],
  ],
  ['a member that is removed', { n: { a: 1 }, m: 2 }, { m: 2 }, [{ path: '/n/a', before: 1 }]],
  ['null is a value', {}, { a: null }, [{ path: '/a', after: null }]],
  ['an array is one value', { a: [1, 2] }, { a: [1, 3] }, [{ path: '/a', before: [1, 2], after: [1, 3] }]],
  ['a scalar gives way to an object', { a: 1 }, { a: { b: 2 } }, [{ path: '/a', before: 1, after: { b: 2 } }]],
  ['an object gives way to an array', { a: { b: 2 } }, { a: [] }, [{ path: '/a', before: { b: 2 }, after: [] }]],
  ['an empty object is filled', { a: {} }, { a: { b: 2 } }, [{ path: '/a/b', after: 2 }]],
  ['an object is emptied', { a: { b: 2 } }, { a: {} }, [{ path: '/a/b', before: 2 }]],
  ['names that a pointer escapes', {}, { 'a/b~': 1 }, [{ path: '/a~1b~0', after: 1 }]],
])('%s', (_, before, after, expected) => {
  expect(pathChanges(before, after)).toEqual(expected);
});

const leaf = fc.constantFrom<JsonObject[string]>(1, 2, null, [1], {});
const documents = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('a', 'b'), leaf, { maxKeys: 2, noNullPrototype: true })),
  { maxKeys: 3, noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

const pathOf = (pointer: string): string[] => pointer.slice(1).split('/');
const isWithin = (path: readonly string[], pointer: string): boolean =>
  `${formatPointer(path)}/`.startsWith(`${pointer}/`);

test('lists the value at each path before and after, and leaves out no leaf that differs', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const changes = pathChanges(before, after);
      for (const one of changes) {
        expect([one.before, one.after]).toEqual([valueAt(before, pathOf(one.path)), valueAt(after, pathOf(one.path))]);
        expect(canonicalEqual(one.before, one.after)).toBe(false);
      }
      const differing = [...leafPaths(before), ...leafPaths(after)].filter((path) => {
        const values = [valueAt(before, path), valueAt(after, path)];
        const isFilled = values.every((value) => isObject(value));
        return !isFilled && !canonicalEqual(values[0], values[1]);
      });
      // An empty object has no leaf to list beside an object with members.
      const told = differing.filter((path) => changes.some(({ path: pointer }) => isWithin(path, pointer)));
      expect(told).toEqual(differing);
    }),
  );
});
