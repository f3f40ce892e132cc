import { isTwinError } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition, Subject } from '../language/condition.js';
import { evaluate } from '../language/evaluate.js';
import { operandsOf } from '../language/operands-of.js';
import { printCondition } from '../language/print.js';
import { parseCondition } from './parse.js';

const subject: Subject = { id: 'a', name: 'b', tags: { a: 1, b: true, c: 'x' }, reported: { a: { b: null } } };

const corpus = [
  "STARTS_WITH(device.name, 'model-v3.1') AND device.tags.region IN ['eu', 'us'] AND NOT device.reported.battery < 20",
  "NOT IS_DEFINED(device.tags['a b']) OR device.tags[\"a\"].b != 'it\\'s \\u0041'",
  "VERSION(device.reported.fw) >= VERSION('3.1.0-rc.1+b') || LOWER(device.tags.c) not in ('x', 'y')",
  '!(device.tags.n = -2.5e3) && (device.connected OR 5 <= device.desired.x)',
  'ARRAY_CONTAINS(device.tags.list, null) and (true or false) and device.tags.a <> device.tags.b',
];

const tokens = [
  ...[
    'device',
    'device.tags.a',
    "device.tags['a']",
    'device.id',
    '.a',
    "['a']",
    '.',
    '[',
    ']',
    '(',
    ')',
    ',',
    ';',
    ' ',
    '\n',
    '\u00a0',
  ],
  ...[
    'AND',
    'or',
    '&&',
    '||',
    'NOT',
    '!',
    'NOT IN',
    'in',
    '=',
    '==',
    '!=',
    '<>',
    '<',
    '>=',
    '?',
    ':',
    '?.',
    '+',
    '-',
    '*',
    '@',
    '`',
  ],
  ...[
    "'x'",
    '"y"',
    "'",
    '"',
    '\\',
    "'\\u0041'",
    '5',
    '-5',
    '1e9',
    '.5',
    '9007199254740993',
    'true',
    'null',
    'undefined',
    '__proto__',
    'constructor',
  ],
  ...[
    'STARTS_WITH(',
    'LOWER(',
    'VERSION(',
    "VERSION('1.0.0')",
    'IS_DEFINED(device.tags.a)',
    'ö',
    '🚀',
    '\ud83d',
    '\0',
    '\u2028',
    '\u200b',
    'AND ',
    ' = 1',
  ],
];

const soup = fc
  .tuple(fc.array(fc.constantFrom(...tokens), { maxLength: 25 }), fc.constantFrom('', ' '))
  .map(([parts, separator]) => parts.join(separator));

const mutated = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom('', ...tokens)), { minLength: 1, maxLength: 4 }),
  )
  .map(([text, edits]) =>
    edits.reduce((edited, [place, removed, inserted]) => {
      const at = place % (edited.length + 1);
      return edited.slice(0, at) + inserted + edited.slice(at + removed);
    }, text),
  );

const nested = fc
  .tuple(
    fc.constantFrom(
      '(',
      '[',
      '!',
      'NOT ',
      'LOWER(',
      'device[',
      'device.tags.a = (',
      'true AND (',
      'f(',
      '-',
      "device.tags['a'",
      '.a',
      "['a']",
      'true OR ',
    ),
    fc.nat(3_000),
    fc.constantFrom(...corpus, ''),
    fc.constantFrom(')', ']', ''),
  )
  .map(([open, times, inner, close]) => open.repeat(times) + inner + close.repeat(times));

test.each<[string, fc.Arbitrary<string>, number]>([
  ['random characters', fc.string({ unit: 'binary', maxLength: 60 }), 1_000],
  ['random printable characters', fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), 1_000],
  ['random tokens', soup, 2_000],
  ['mutated conditions', mutated, 2_000],
  ['nesting', nested, 300],
])('%s: a condition or a refusal that points into the text', (_, arbitrary, numRuns) => {
  fc.assert(
    fc.property(arbitrary, fc.constantFrom('target', 'query'), (text, scope) => {
      const outcome = parseOrRefuse(text, scope);
      if (outcome instanceof Error) return;
      expect(outcome.text).toBe(text);
      expect(outcome.test(subject)).toBe(evaluate(outcome.root, subject));
      expectSpansWithin(outcome);
      const printed = printCondition(outcome.root);
      if (printed.length <= 4_096) expect(printCondition(parseCondition(printed, scope).root)).toBe(printed);
    }),
    { numRuns },
  );
});

test('most mutations are refused, and some are conditions', () => {
  const outcomes = fc
    .sample(mutated, { numRuns: 500, seed: 7 })
    .map((text) => parseOrRefuse(text, 'query') instanceof Error);
  expect(new Set(outcomes)).toEqual(new Set([true, false]));
});

function parseOrRefuse(text: string, scope: 'target' | 'query'): Condition | Error {
  try {
    return parseCondition(text, scope);
  } catch (error) {
    if (!isTwinError(error)) throw error;
    const { position, length, hint } = error.details;
    expect(error.code).toBe('bad-condition');
    expect(hint).not.toBe('');
    expect(typeof hint).toBe('string');
    expectWithin(text, Number(position), Number(length));
    return error;
  }
}

function expectSpansWithin({ text, root }: Condition): void {
  expectWithin(text, root.span.position, root.span.length);
  for (const { span, kind } of operandsOf(root)) {
    expectWithin(text, span.position, span.length);
    if (kind === 'path') expect(text.slice(span.position)).toMatch(/^device/);
  }
}

function expectWithin(text: string, position: number, length: number): void {
  expect(Number.isInteger(position) && Number.isInteger(length)).toBe(true);
  expect(position).toBeGreaterThanOrEqual(0);
  expect(length).toBeGreaterThanOrEqual(0);
  expect(position + length).toBeLessThanOrEqual(text.length);
}
