import type { Json, JsonObject } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from './compile.js';
import type {
  ComparisonKind,
  Condition,
  ConditionNode,
  LiteralOperand,
  Operand,
  PathOperand,
  Subject,
  SubjectPath,
} from './condition.js';
import { evaluate } from './evaluate.js';
import { pathOf, pathsOf } from './operands-of.js';
import { parseCondition } from './parse.js';
import { printCondition } from './print.js';
import { ScanIndex } from './scan-index.js';
import { explainUnknown } from './unknown.js';

const span = { position: 0, length: 0 };
const runs = { numRuns: 1_000 };

const COMPARISON_KINDS = ['equal', 'not-equal', 'less', 'less-or-equal', 'greater', 'greater-or-equal'] as const;
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

const name = fc.constantFrom(
  'a',
  'b',
  'n',
  'a b',
  "it's",
  'constructor',
  'toString',
  'length',
  'größe',
  'AND',
  '0',
  '',
);
const text = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      '',
      'a',
      'A',
      'ab',
      'eu',
      '5',
      '\0',
      '\ud83d',
      '🚀',
      '\uffff',
      '\u00a0',
      '\'"\\\n\t',
      '__proto__',
      '1.0.0',
      '1.0.0-rc.1',
      'v1',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const number = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 5, -5, -2.5, 0.1, 1e-7, 1e21, 2 ** 53 - 1, 1e20) },
  {
    weight: 1,
    arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  },
);
const scalar: fc.Arbitrary<string | number | boolean | null> = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const { json } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('json'), { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('object') },
  ),
  object: fc.dictionary(name, tie('json'), { maxKeys: 6 }),
}));
const document = fc.dictionary(name, json, { minKeys: 0, maxKeys: 10 });

const subject: fc.Arbitrary<Subject> = fc.record(
  {
    id: text,
    name: text,
    tags: document,
    reported: document,
    desired: document,
    connected: fc.boolean(),
    lastSeenAt: text,
    createdAt: text,
  },
  { requiredKeys: ['id', 'name', 'tags', 'reported'] },
);

const names = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name) },
  { weight: 1, arbitrary: fc.array(name, { minLength: 2, maxLength: 3 }) },
);
const path: fc.Arbitrary<PathOperand> = fc
  .oneof<fc.Arbitrary<SubjectPath>[]>(
    {
      weight: 1,
      arbitrary: fc.constantFrom<SubjectPath>(['id'], ['name'], ['connected'], ['lastSeenAt'], ['createdAt']),
    } as never,
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom('tags', 'reported', 'desired'), names)
        .map(([member, rest]): SubjectPath => [member, ...rest] as never),
    } as never,
  )
  .map((segments) => ({ kind: 'path', path: segments, span }));
const literal: fc.Arbitrary<LiteralOperand> = scalar.map((value) => ({ kind: 'literal', value, span }));
const textLiteral: fc.Arbitrary<LiteralOperand> = text.map((value) => ({ kind: 'literal', value, span }));
const lower: fc.Arbitrary<Operand> = fc.oneof(path, textLiteral).map((operand) => ({ kind: 'lower', operand, span }));
const versionOfPath: fc.Arbitrary<Operand> = path.map((operand) => ({ kind: 'version', operand, span }));
const versionOfText: fc.Arbitrary<Operand> = fc
  .constantFrom('1.0.0', '1.0.0-rc.1', '1.0.0+b', '0.9.0')
  .map((value) => ({ kind: 'version', operand: { kind: 'literal', value, span }, span }));

const value = fc.oneof(
  { weight: 3, arbitrary: literal },
  { weight: 1, arbitrary: path },
  { weight: 1, arbitrary: lower },
);
const version = fc.oneof(versionOfPath, versionOfText);
const readsPath = (operands: readonly Operand[]) => operands.some((operand) => pathOf(operand) !== undefined);
const pair = fc
  .oneof(
    { weight: 4, arbitrary: fc.tuple(fc.oneof(path, value), value) },
    { weight: 1, arbitrary: fc.tuple(version, version) },
  )
  .chain(([left, right]) => fc.constantFrom<[Operand, Operand]>([left, right], [right, left]))
  .filter(readsPath);

const comparison = fc
  .tuple(fc.constantFrom(...COMPARISON_KINDS), pair)
  .map(([kind, [left, right]]): ConditionNode => ({ kind, left, right, span }));
const membership = fc
  .oneof(
    fc.tuple(fc.oneof(path, lower), fc.array(value, { maxLength: 3 })),
    fc.tuple(version, fc.array(version, { maxLength: 3 })),
  )
  .filter(([operand, values]) => readsPath([operand, ...values]))
  .map(([operand, values]): ConditionNode => ({ kind: 'in', operand, values, span }));
const textOperand = fc.oneof(path, lower, textLiteral);
const textTest = fc
  .tuple(fc.constantFrom('starts-with', 'ends-with', 'contains'), fc.tuple(textOperand, textOperand).filter(readsPath))
  .map(([kind, [operand, part]]): ConditionNode => ({ kind, operand, text: part, span }));
const typeTest = fc
  .tuple(fc.constantFrom('is-defined', 'is-string', 'is-number', 'is-bool'), path)
  .map(([kind, operand]): ConditionNode => ({ kind, path: operand, span }));
const arrayContains = fc
  .tuple(path, value)
  .map(([array, element]): ConditionNode => ({ kind: 'array-contains', array, value: element, span }));
const truth = path.map((operand): ConditionNode => ({ kind: 'truth', path: operand, span }));
const constant = fc.boolean().map((held): ConditionNode => ({ kind: 'constant', value: held, span }));

function join(kind: 'and' | 'or', operands: readonly ConditionNode[]): ConditionNode {
  return {
    kind,
    operands: operands.flatMap((operand) =>
      operand.kind === kind && 'operands' in operand ? operand.operands : [operand],
    ),
    span,
  };
}

function not(operand: ConditionNode): ConditionNode {
  return { kind: 'not', operand, span };
}

const { node } = fc.letrec<{ node: ConditionNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: comparison },
    { weight: 2, arbitrary: membership },
    { weight: 1, arbitrary: textTest },
    { weight: 1, arbitrary: typeTest },
    { weight: 1, arbitrary: arrayContains },
    { weight: 1, arbitrary: truth },
    { weight: 1, arbitrary: constant },
    { weight: 2, arbitrary: tie('node').map(not) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]) => join(kind, operands)),
    },
  ),
}));

function conditionOf(root: ConditionNode): Condition {
  return { text: '', root, paths: pathsOf(root), test: compile(root) };
}

const withoutSpans = (root: ConditionNode) => JSON.stringify(root, (key, held) => (key === 'span' ? undefined : held));

describe('any condition over any subject', () => {
  test('the compiled condition says what the tree walk says', () => {
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

  test('what is UNKNOWN, and only that, is explained', () => {
    fc.assert(
      fc.property(node, subject, (root, one) => {
        const isUnknown = evaluate(root, one) === undefined;
        expect(explainUnknown(conditionOf(root), one) !== undefined).toBe(isUnknown);
      }),
      runs,
    );
  });

  test('only the paths it names are read', () => {
    fc.assert(
      fc.property(node, subject, json, (root, one, other) => {
        const tags = { ...one.tags, unrelated: other };
        expect(evaluate(root, { ...one, tags })).toBe(evaluate(root, one));
      }),
      runs,
    );
  });

  test('it prints to a text that parses to the same', () => {
    fc.assert(
      fc.property(node, (root) => {
        const printed = printCondition(root);
        fc.pre(printed.length <= 4_096);
        expect(withoutSpans(parseCondition(printed, 'query').root)).toBe(withoutSpans(root));
      }),
      runs,
    );
  });

  test('an index answers for each condition by itself', () => {
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

  test('sides may change places', () =>
    holds((kind, left, right) => [
      { kind, left, right, span },
      { kind: MIRRORED[kind], left: right, right: left, span },
    ]));
  test('NOT turns an operator into its opposite', () =>
    holds((kind, left, right) => [not({ kind, left, right, span }), { kind: OPPOSITE[kind], left, right, span }]));
  test('IN of one value is equality', () =>
    holds((_, operand, right) => [
      { kind: 'in', operand, values: [right], span },
      { kind: 'equal', left: operand, right, span },
    ]));
});
