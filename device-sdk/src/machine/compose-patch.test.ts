import { type JsonObject, mergePatch } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composePatch } from './compose-patch.js';

const cases: { name: string; first: JsonObject; second: JsonObject; composed: JsonObject | undefined }[] = [
  { name: 'different members are kept side by side', first: { a: 1 }, second: { b: 2 }, composed: { a: 1, b: 2 } },
  { name: 'the later value wins', first: { a: 1 }, second: { a: 2 }, composed: { a: 2 } },
  { name: 'a later null wins and is kept', first: { a: 1 }, second: { a: null }, composed: { a: null } },
  { name: 'a later value wins over null', first: { a: null }, second: { a: 1 }, composed: { a: 1 } },
  { name: 'nulls below are kept', first: { a: { b: 1 } }, second: { a: { b: null } }, composed: { a: { b: null } } },
  { name: 'objects compose', first: { a: { b: 1 } }, second: { a: { c: 2 } }, composed: { a: { b: 1, c: 2 } } },
  { name: 'a scalar erases an object', first: { a: { b: 1 } }, second: { a: 1 }, composed: { a: 1 } },
  { name: 'an object over a scalar needs two', first: { a: 1 }, second: { a: { b: 1 } }, composed: undefined },
  { name: 'an object over null needs two', first: { a: null }, second: { a: { b: 1 } }, composed: undefined },
  { name: 'nested objects need two as well', first: { x: { a: [1] } }, second: { x: { a: {} } }, composed: undefined },
];

describe('composePatch', () => {
  it.each(cases)('$name', ({ first, second, composed }) => {
    expect(composePatch(first, second)).toEqual(composed);
  });

  it('does not change the patches', () => {
    const [first, second] = [{ a: { b: 1 } }, { a: { c: null } }];
    composePatch(first, second);
    expect([first, second]).toEqual([{ a: { b: 1 } }, { a: { c: null } }]);
  });

  it('has the effect of the two patches, for every document', () => {
    fc.assert(
      fc.property(document(), patch(), patch(), (before, first, second) => {
        const composed = composePatch(first, second);
        fc.pre(composed !== undefined);
        expect(mergePatch(before, composed as JsonObject)).toEqual(mergePatch(mergePatch(before, first), second));
      }),
      { numRuns: 1000 },
    );
  });

  it('returns undefined only if a document shows that one patch is not enough', () => {
    fc.assert(
      fc.property(patch(), patch(), (first, second) => {
        fc.pre(composePatch(first, second) === undefined);
        // The pair erases the member. A single patch with an object at this place would keep it.
        expect(erasesBelow(first, second)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether the second patch puts an object where the first one erased a value. */
function erasesBelow(first: JsonObject, second: JsonObject): boolean {
  return Object.entries(second).some(([name, later]) => {
    if (!Object.hasOwn(first, name) || !isPlain(later)) return false;
    const earlier = first[name];
    const witness = mergePatch(mergePatch({ [name]: { witness: 1 } }, first), second)[name] as JsonObject;
    return isPlain(earlier) ? erasesBelow(earlier, later) : !Object.hasOwn(witness, 'witness');
  });
}

function isPlain(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

const names = fc.constantFrom('a', 'b', 'constructor');

function patch(): fc.Arbitrary<JsonObject> {
  return tree(fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 2 }), fc.constant([1])));
}

function document(): fc.Arbitrary<JsonObject> {
  return tree(fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant([1])));
}

function tree(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<JsonObject> {
  return fc.letrec<{ value: unknown; node: JsonObject }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('node')),
    node: fc.dictionary(names, tie('value'), { maxKeys: 3 }) as fc.Arbitrary<JsonObject>,
  })).node;
}
