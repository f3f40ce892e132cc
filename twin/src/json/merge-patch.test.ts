import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documents, nullFreeDocuments } from '../testing/index.js';
import { canonicalEqual, type Json, type JsonObject } from './json.js';
import { diff, mergePatch } from './merge-patch.js';

/** The algorithm of the json-merge-patch package, on copies: the target is changed in place. */
function patchInPlace(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const isPlain = target !== null && typeof target === 'object' && !Array.isArray(target);
  const result = (isPlain ? target : {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(patch)) {
    if (value !== null) result[name] = patchInPlace(Object.hasOwn(result, name) ? result[name] : undefined, value);
    else if (Object.hasOwn(result, name)) delete result[name];
  }
  return result;
}

function hasNullMember(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.values(value as JsonObject).some((member) => member === null || hasNullMember(member));
}

function freeze<Value>(value: Value): Value {
  if (value !== null && typeof value === 'object') Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

const parse = (text: string) => JSON.parse(text) as JsonObject;

describe('mergePatch', () => {
  test.each([
    ['sets', '{}', '{"__proto__":{"polluted":1}}', '{"__proto__":{"polluted":1}}'],
    ['merges', '{"__proto__":{"a":1}}', '{"__proto__":{"b":2}}', '{"__proto__":{"a":1,"b":2}}'],
    ['removes', '{"__proto__":{"a":1},"b":2}', '{"__proto__":null}', '{"b":2}'],
    ['does not inherit', '{}', '{"a":{"__proto__":{"b":null}}}', '{"a":{"__proto__":{}}}'],
  ])('%s a member named __proto__ like any other', (_, target, patch, expected) => {
    const result = mergePatch(parse(target), parse(patch));
    expect(JSON.stringify(result)).toBe(expected);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('agrees with an implementation that changes the target in place', () => {
    fc.assert(
      fc.property(documents, documents, (target, patch) => {
        expect(mergePatch(target, patch)).toEqual(patchInPlace(structuredClone(target), structuredClone(patch)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('takes a frozen target and a frozen patch, and shares what it does not touch', () => {
    const target = freeze({ kept: { a: [1] }, changed: { b: 1 } });
    const result = mergePatch(target, freeze({ changed: { b: 2 } }));
    expect(result).toEqual({ kept: { a: [1] }, changed: { b: 2 } });
    expect(result.kept).toBe(target.kept);
  });

  test('changes nothing with an empty patch, and nothing more the second time', () => {
    fc.assert(
      fc.property(documents, documents, (target, patch) => {
        expect(mergePatch(target, {})).toEqual(target);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  test('never leaves a null member of the patch in the result', () => {
    fc.assert(
      fc.property(nullFreeDocuments, documents, (target, patch) => {
        expect(hasNullMember(mergePatch(target, patch))).toBe(false);
      }),
    );
  });
});

describe('diff', () => {
  test('leads from one document to the other', () => {
    fc.assert(
      fc.property(nullFreeDocuments, nullFreeDocuments, (before, after) => {
        expect(mergePatch(before, diff(before, after))).toEqual(after);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is empty exactly when the documents are equal', () => {
    fc.assert(
      fc.property(nullFreeDocuments, nullFreeDocuments, (before, after) => {
        expect(Object.keys(diff(before, after)).length === 0).toBe(canonicalEqual(before, after));
        expect(diff(before, structuredClone(before))).toEqual({});
      }),
    );
  });

  test('is minimal: without any one of its members it leads elsewhere', () => {
    fc.assert(
      fc.property(nullFreeDocuments, nullFreeDocuments, (before, after) => {
        const patch = diff(before, after);
        for (const name of Object.keys(patch)) {
          const rest = Object.fromEntries(Object.entries(patch).filter(([other]) => other !== name));
          expect(canonicalEqual(mergePatch(before, rest), after)).toBe(false);
        }
      }),
    );
  });

  test('treats __proto__ as a name', () => {
    const patch = diff({}, parse('{"__proto__":{"a":1}}'));
    expect(JSON.stringify(patch)).toBe('{"__proto__":{"a":1}}');
    expect(JSON.stringify(diff(parse('{"__proto__":1}'), {}))).toBe('{"__proto__":null}');
  });
});
