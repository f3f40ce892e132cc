import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documents } from '../testing/index.js';
import type { Json, JsonObject } from './json.js';
import { formatPointer, leafPaths, type Path, valueAt } from './path.js';

test.each<[Path, string]>([
  [[], ''],
  [['a', 'b'], '/a/b'],
  [['a/b', 'c~d'], '/a~1b/c~0d'],
  [['~1', '/~', '~/'], '/~01/~1~0/~0~1'],
  [[''], '/'],
])('%j is written %j', (path, pointer) => {
  expect(formatPointer(path)).toBe(pointer);
});

test('different paths have different pointers', () => {
  const paths = fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1') }), { maxLength: 3 });
  fc.assert(
    fc.property(paths, paths, (left, right) => {
      expect(formatPointer(left) === formatPointer(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
    }),
  );
});

test.each<[Json, Path, Json | undefined]>([
  [{ a: { b: 1 } }, ['a', 'b'], 1],
  [{ a: { b: null } }, ['a', 'b'], null],
  [{ a: { b: null } }, ['a', 'b', 'c'], undefined],
  [{ a: [1] }, ['a', '0'], undefined],
  [{ a: 'text' }, ['a', 'length'], undefined],
  [{}, ['constructor'], undefined],
  [{ a: 1 }, [], { a: 1 }],
])('%j at %j', (document, path, expected) => {
  expect(valueAt(document, path)).toEqual(expected);
});

test.each<[JsonObject, Path[]]>([
  [{}, []],
  [{ a: {} }, [['a']]],
  [{ a: { b: 1, c: { d: null } }, e: [{ f: 1 }] }, [['a', 'b'], ['a', 'c', 'd'], ['e']]],
])('the leaves of %j', (document, paths) => {
  expect(leafPaths(document)).toEqual(paths);
});

test('every leaf has a value, and no leaf lies below another', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const paths = leafPaths(document);
      const texts = paths.map((path) => `${formatPointer(path)}/`);
      for (const path of paths) expect(valueAt(document, path)).toBeDefined();
      for (const text of texts) expect(texts.filter((other) => other.startsWith(text))).toEqual([text]);
    }),
  );
});
