import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { yamlText } from '../text/yaml-text.js';
import { parseDocuments } from './parse-documents.js';

test.each([
  ['one JSON value', 'a.json', '{"id":"a","n":1.5}', [{ id: 'a', n: 1.5 }]],
  ['a JSON list', 'a.json', '[{"id":"a"},{"id":"b"}]', [{ id: 'a' }, { id: 'b' }]],
  ['JSON where YAML is expected', '-', '{\n\t"id": "a",\n\t"l": [1,\t2]\n}', [{ id: 'a', l: [1, 2] }]],
  ['documents of a YAML stream', 'a.yaml', '---\nid: a\n---\nid: b\n...\n', [{ id: 'a' }, { id: 'b' }]],
  ['empty documents, skipped', 'a.yaml', '---\n# nothing\n---\nid: b\n---\n', [{ id: 'b' }]],
  ['an empty file', 'a.yaml', '', []],
  ['a list in YAML', 'a.yaml', '- id: a\n- id: b\n', [{ id: 'a' }, { id: 'b' }]],
  ['words that are booleans in YAML 1.1', 'a.yml', 'a: yes\nb: off\nc: true\n', [{ a: 'yes', b: 'off', c: true }]],
  ['dates, as texts', 'a.yml', 'a: 2026-01-02\n', [{ a: '2026-01-02' }]],
  ['anchors and merge keys', 'a.yml', 'x: &x {p: 1}\ny: {<<: *x, q: 2}\n', [{ x: { p: 1 }, y: { p: 1, q: 2 } }]],
  ['the largest integer', 'a.yml', 'a: 9007199254740991\n', [{ a: 9007199254740991 }]],
])('reads %s', (_, name, text, expected) => {
  expect(parseDocuments(text, name)).toEqual(expected);
});

describe('refuses', () => {
  test.each([
    ['broken JSON', 'a.json', '{"a":', 'malformed'],
    ['an integer that would not survive, in JSON', 'a.json', '{"a":9007199254740993}', 'bad-number'],
    ['an integer that would not survive, in YAML', 'a.yaml', 'a: 9007199254740993', 'bad-number'],
    ['infinity', 'a.yaml', 'a: .inf', 'bad-number'],
    ['a number that becomes infinity', 'a.yaml', 'a: 1e999', 'bad-number'],
    ['a key that is no data', 'a.yaml', '__proto__: {a: 1}', 'bad-key'],
    ['a key twice', 'a.yaml', 'a: 1\na: 2', 'malformed'],
    ['an unknown tag', 'a.yaml', 'a: !secret x', 'malformed'],
    ['a condition that YAML takes for an alias', 'a.yaml', 'targetCondition: *\n', 'malformed'],
    ['aliases that explode', 'a.yaml', explosion(), 'malformed'],
  ])('%s', (_, name, text, code) => {
    expect(() => parseDocuments(text, name)).toThrow(expect.objectContaining({ code }));
  });
});

test.each([[{ '': { '<<': '' } }], [{ '<<': { a: 1 }, a: 2 }]])(
  'a key like that of a merge is plain data: %j',
  (value) => {
    expect(parseDocuments(yamlText(value), 'a.yaml')).toEqual([value]);
  },
);

test('values written as YAML are parsed to equal values', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        fc.jsonValue(),
      ),
      (value) => {
        const plain = JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"'));
        fc.pre(hasSafeIntegers(plain));
        expect(parseDocuments(yamlText(plain), 'a.yaml')).toEqual([plain]);
      },
    ),
    { numRuns: 300 },
  );
});

function hasSafeIntegers(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasSafeIntegers);
}

function explosion(): string {
  const levels = Array.from({ length: 12 }, (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`);
  return `l0: &l0 [x]\n${levels.join('\n')}\n`;
}
