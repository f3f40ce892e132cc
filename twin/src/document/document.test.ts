import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../json/json.js';
import { isTwinError, type TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { nullFreeDocuments } from '../testing/index.js';
import { checkDocument, type DocumentKind, documentBytes } from './document.js';

function refusal(document: JsonObject, kind: DocumentKind = 'reported'): TwinError | undefined {
  try {
    checkDocument(kind, document);
    return undefined;
  } catch (error) {
    if (isTwinError(error)) return error;
    throw error;
  }
}

const objects = (depth: number): JsonObject => (depth === 1 ? {} : { d: objects(depth - 1) });
const lists = (depth: number): Json => (depth === 0 ? 1 : [lists(depth - 1)]);
const keys = (count: number, prefix = 'k'): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 0]));
const emoji = '🚀';
const lone = '\ud800';
/** Returns an object of exactly `count` bytes as JSON, in strings below their limit. */
function bytes(count: number): JsonObject {
  const rows = Math.floor(count / 4_000);
  const full = Object.fromEntries(Array.from({ length: rows }, (_, row) => [`k${row}`, 'x'.repeat(3_000)]));
  const missing = count - JSON.stringify({ ...full, a: '', b: '', c: '', d: '' }).length;
  const part = Math.floor(missing / 4);
  const parts = ['a', 'b', 'c', 'd'].map((name, index) => [name, 'y'.repeat(index < 3 ? part : missing - 3 * part)]);
  return { ...full, ...Object.fromEntries(parts) };
}

describe('checkDocument accepts', () => {
  test.each<[string, JsonObject]>([
    ['an empty document', {}],
    ['10 levels of objects', objects(LIMITS.documentDepthMax)],
    ['10 levels with arrays', { a: lists(LIMITS.documentDepthMax - 1) }],
    ['1,000 keys', keys(LIMITS.documentKeysMax)],
    ['1,000 keys on several levels, some in arrays', { a: keys(499), b: [keys(498, 'a')], c: 0 }],
    ['a key of 1,024 bytes', { ['k'.repeat(1_024)]: 1 }],
    ['a key of 256 emoji', { [emoji.repeat(256)]: 1 }],
    ['a string of 4,096 bytes', { a: 'x'.repeat(4_096) }],
    ['a string of 2,048 two-byte characters', { a: 'é'.repeat(2_048) }],
    ['a string of 1,024 emoji', { a: emoji.repeat(1_024) }],
    ['a string of 1,365 lone surrogates', { a: lone.repeat(1_365) }],
    ['control characters in a string', { a: '\u0000\n' }],
    [
      'keys named like what every object has',
      { constructor: 1, toString: 2, hasOwnProperty: 3, prototype: { valueOf: 4 } },
    ],
    ['keys that look like paths or variables', { $x: 1, 'a.b': 2, 'c/d~e': 3, ' ': 4, '0': 5 }],
    ['numbers at the bounds', { a: 2 ** 53 - 1, b: 1 - 2 ** 53, c: -0, d: 1e300 }],
    ['null, and everything in arrays', { a: null, b: [null, {}, [], 'x', 1.5, false] }],
  ])('%s', (_, document) => {
    expect(refusal(document)).toBeUndefined();
  });
});

describe('checkDocument refuses', () => {
  test.each<[string, JsonObject, string, string | undefined]>([
    ['11 levels of objects', objects(LIMITS.documentDepthMax + 1), 'too-deep', '/d/d/d/d/d/d/d/d/d/d'],
    ['11 levels with arrays', { a: lists(LIMITS.documentDepthMax) }, 'too-deep', '/a/0/0/0/0/0/0/0/0/0'],
    ['1,001 keys', keys(LIMITS.documentKeysMax + 1), 'too-many-keys', undefined],
    ['1,001 keys on several levels', { a: keys(500), b: [keys(499)] }, 'too-many-keys', undefined],
    ['a key of 1,025 bytes', { ['k'.repeat(1_025)]: 1 }, 'bad-key', ''],
    ['a key of 257 emoji', { a: { [emoji.repeat(257)]: 1 } }, 'bad-key', '/a'],
    ['a key of 342 lone surrogates', { [lone.repeat(342)]: 1 }, 'bad-key', ''],
    ['a string of 4,097 bytes', { a: 'x'.repeat(4_097) }, 'too-large', '/a'],
    ['a string of 2,049 two-byte characters', { a: ['é'.repeat(2_049)] }, 'too-large', '/a/0'],
    ['a string of 1,025 emoji', { a: emoji.repeat(1_025) }, 'too-large', '/a'],
    ['a string of 1,366 lone surrogates', { a: lone.repeat(1_366) }, 'too-large', '/a'],
    ['an empty key', { a: { '': 1 } }, 'bad-key', '/a/'],
    ['a C0 control character in a key', { 'a\u0007': 1 }, 'bad-key', '/a\u0007'],
    ['a C1 control character in a key', { 'a\u009f': 1 }, 'bad-key', '/a\u009f'],
    ['DEL in a key', { '\u007f': 1 }, 'bad-key', '/\u007f'],
    ['__proto__ as a key', JSON.parse('{"a":[{"__proto__":{}}]}'), 'bad-key', '/a/0/__proto__'],
    ['Infinity', { 'a/b': Number.POSITIVE_INFINITY }, 'bad-number', '/a~1b'],
    ['NaN', { a: [Number.NaN] }, 'bad-number', '/a/0'],
    ['an integer beyond 2^53', { a: 2 ** 53 }, 'bad-number', '/a'],
  ])('%s', (_, document, code, path) => {
    const error = refusal(document);
    expect(error?.code).toBe(code);
    expect(error?.details.path).toBe(path);
  });

  test('cuts a long path', () => {
    const path = refusal({ ['k'.repeat(1_000)]: Number.NaN })?.details.path;
    expect(path).toBe(`/${'k'.repeat(255)}`);
  });

  test.each<[DocumentKind, number]>([
    ['desired', LIMITS.desiredBytesMax],
    ['reported', LIMITS.reportedBytesMax],
    ['tags', LIMITS.tagsBytesMax],
  ])('%s beyond %i bytes', (kind, bytesMax) => {
    expect(documentBytes(bytes(bytesMax))).toBe(bytesMax);
    expect(refusal(bytes(bytesMax), kind)).toBeUndefined();
    expect(refusal(bytes(bytesMax + 1), kind)?.code).toBe('too-large');
  });

  test('an object too deep for any recursive function', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 50_000; level += 1) deep = { d: deep };
    expect(refusal(deep)?.code).toBe('too-deep');
  });
});

test('documentBytes counts what is sent', () => {
  fc.assert(
    fc.property(nullFreeDocuments, fc.string({ unit: 'binary' }), (document, text) => {
      const whole = { ...document, text };
      expect(documentBytes(whole)).toBe(new TextEncoder().encode(JSON.stringify(whole)).length);
    }),
  );
});
