import type { Json, JsonObject } from '@muster/twin';
import fc from 'fast-check';
import { compile } from '../language/compile.js';
import type {
  Condition,
  ConditionNode,
  LiteralOperand,
  Operand,
  PathOperand,
  Subject,
  SubjectPath,
} from '../language/condition.js';
import { pathOf, pathsOf } from '../language/operands-of.js';

export const span = { position: 0, length: 0 };

export const COMPARISON_KINDS = ['equal', 'not-equal', 'less', 'less-or-equal', 'greater', 'greater-or-equal'] as const;
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
export const scalar: fc.Arbitrary<string | number | boolean | null> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
);

export const { json } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('json'), { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('object') },
  ),
  object: fc.dictionary(name, tie('json'), { maxKeys: 6 }),
}));
const document = fc.dictionary(name, json, { minKeys: 0, maxKeys: 10 });

export const subject: fc.Arbitrary<Subject> = fc.record(
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
export const path: fc.Arbitrary<PathOperand> = fc
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
export const literal: fc.Arbitrary<LiteralOperand> = scalar.map((value) => ({ kind: 'literal', value, span }));
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
export const pair = fc
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

export function join(kind: 'and' | 'or', operands: readonly ConditionNode[]): ConditionNode {
  return {
    kind,
    operands: operands.flatMap((operand) =>
      operand.kind === kind && 'operands' in operand ? operand.operands : [operand],
    ),
    span,
  };
}

export function not(operand: ConditionNode): ConditionNode {
  return { kind: 'not', operand, span };
}

export const { node } = fc.letrec<{ node: ConditionNode }>((tie) => ({
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

/** Without a text, for trees that no text was parsed to. */
export function conditionOf(root: ConditionNode): Condition {
  return { text: '', root, paths: pathsOf(root), test: compile(root) };
}
