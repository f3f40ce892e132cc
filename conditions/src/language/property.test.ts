import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScanIndex } from '../key-index/scan-index.js';
import { parseCondition } from '../parse/parse.js';
import { COMPARISON_KINDS, conditionOf, join, json, node, not, pair, span, subject } from '../testing/arbitrary.js';
import { compile } from './compile.js';
import type { ComparisonKind, ConditionNode, Operand } from './condition.js';
import { evaluate } from './evaluate.js';
import { printCondition } from './print.js';
import { explainUnknown } from './unknown.js';

const runs = { numRuns: 1_000 };

const OPPOSITE = {
  equal: 'not-equal',
  'not-equal': 'equal',
  less: 'greater-or-equal',
  'less-or-equal': 'greater',
  greater: 'less-or-equal',
  'greater-or-equal': 'less',
} as const;
const MIRRORED = {
  equal: 'equal',
  'not-equal': 'not-equal',
  less: 'greater',
  'less-or-equal': 'greater-or-equal',
  greater: 'less',
  'greater-or-equal': 'less-or-equal',
} as const;

const withoutSpans = (root: ConditionNode) => JSON.stringify(root, (key, held) => (key === 'span' ? undefined : held));

describe('any condition over any subject', () => {
  test('the compiled condition agrees with the tree walk', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(node, subject, (root, one) => {
        const said = evaluate(root, one);
        seen.add(said);
        expect(compile(root)(one)).toBe(said);
      }),
      { numRuns: 2_000 },
    );
    expect(seen).toEqual(new Set([true, false, undefined]));
  });

  test('also where two literals meet, as in a list with a path', () => {
    const literals = [null, 'v1', 5, true].map((value): Operand => ({ kind: 'literal', value, span }));
    const id: Operand = { kind: 'path', path: ['id'], span };
    const one = { id: 'd', name: 'd', tags: {}, reported: {} };
    for (const operand of literals) {
      for (const value of literals) {
        const root: ConditionNode = { kind: 'in', operand, values: [value, id], span };
        expect([compile(root)(one), compile(not(root))(one)]).toEqual([evaluate(root, one), evaluate(not(root), one)]);
      }
    }
  });

  test('explains a condition exactly if it is UNKNOWN', () => {
    fc.assert(
      fc.property(node, subject, (root, one) => {
        const isUnknown = evaluate(root, one) === undefined;
        expect(explainUnknown(conditionOf(root), one) !== undefined).toBe(isUnknown);
      }),
      runs,
    );
  });

  test('reads only the paths it names', () => {
    fc.assert(
      fc.property(node, subject, json, (root, one, other) => {
        const tags = { ...one.tags, unrelated: other };
        expect(evaluate(root, { ...one, tags })).toBe(evaluate(root, one));
      }),
      runs,
    );
  });

  test('prints to a text that parses to the same condition', () => {
    fc.assert(
      fc.property(node, (root) => {
        const printed = printCondition(root);
        fc.pre(printed.length <= 4_096);
        expect(withoutSpans(parseCondition(printed, 'query').root)).toBe(withoutSpans(root));
      }),
      runs,
    );
  });

  test('an index matches each condition by itself', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 8 }), subject, (roots, one) => {
        const index = new ScanIndex<number>();
        for (const [key, root] of roots.entries()) index.add(key, conditionOf(root));
        expect(index.match(one)).toEqual(
          [...roots.keys()].filter((key) => evaluate(roots[key] as ConditionNode, one) === true),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('laws of Kleene logic', () => {
  const holds = (law: (a: ConditionNode, b: ConditionNode, c: ConditionNode) => [ConditionNode, ConditionNode]) =>
    fc.assert(
      fc.property(node, node, node, subject, (a, b, c, one) => {
        const [left, right] = law(a, b, c);
        expect(compile(left)(one)).toBe(evaluate(right, one));
      }),
      { numRuns: 500 },
    );

  test('double negation', () => holds((a) => [not(not(a)), a]));
  test('De Morgan over AND', () =>
    holds((a, b, c) => [not(join('and', [a, b, c])), join('or', [not(a), not(b), not(c)])]));
  test('De Morgan over OR', () =>
    holds((a, b, c) => [not(join('or', [a, b, c])), join('and', [not(a), not(b), not(c)])]));
  test('AND commutes', () => holds((a, b, c) => [join('and', [a, b, c]), join('and', [c, a, b])]));
  test('OR commutes', () => holds((a, b, c) => [join('or', [a, b, c]), join('or', [b, c, a])]));
  test('AND distributes over OR', () =>
    holds((a, b, c) => [join('and', [a, join('or', [b, c])]), join('or', [join('and', [a, b]), join('and', [a, c])])]));
  test('a repeated operand changes nothing', () => holds((a, b) => [join('or', [a, b, a]), join('or', [a, b])]));
  test('absorption', () => holds((a, b) => [join('or', [a, join('and', [a, b])]), a]));
});

describe('laws of comparison', () => {
  const holds = (law: (kind: ComparisonKind, left: Operand, right: Operand) => [ConditionNode, ConditionNode]) =>
    fc.assert(
      fc.property(fc.constantFrom(...COMPARISON_KINDS), pair, subject, (kind, [first, second], one) => {
        const [left, right] = law(kind, first, second);
        expect(compile(left)(one)).toBe(evaluate(right, one));
      }),
      { numRuns: 2_000 },
    );

  test('sides may be swapped', () =>
    holds((kind, left, right) => [
      { kind, left, right, span },
      { kind: MIRRORED[kind], left: right, right: left, span },
    ]));
  test('NOT inverts an operator', () =>
    holds((kind, left, right) => [not({ kind, left, right, span }), { kind: OPPOSITE[kind], left, right, span }]));
  test('IN of one value is equality', () =>
    holds((_, operand, right) => [
      { kind: 'in', operand, values: [right], span },
      { kind: 'equal', left: operand, right, span },
    ]));
});
