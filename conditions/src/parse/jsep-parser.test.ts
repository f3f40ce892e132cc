import * as jsepModule from 'jsep';
import { afterEach, describe, expect, test } from 'vitest';
import { parseCondition } from './parse.js';

interface Grammar {
  addBinaryOp(name: string, precedence: number): void;
  addUnaryOp(name: string): void;
  addLiteral(name: string, value: unknown): void;
  addIdentifierChar(name: string): void;
  removeBinaryOp(name: string): void;
  removeUnaryOp(name: string): void;
  removeAllBinaryOps(): void;
  removeAllUnaryOps(): void;
  removeAllLiterals(): void;
  removeIdentifierChar(name: string): void;
  this_str: string;
  binary_ops: Record<string, number>;
  hooks: { [name: string]: unknown; add(name: string, work: (environment: { node?: unknown }) => void): void };
}

const { Jsep, default: parseStock } = jsepModule as unknown as {
  readonly Jsep: Grammar;
  readonly default: (text: string) => unknown;
};

/** Returns the result of any text: the tree with its spans, or the refusal. */
function outcome(text: string): unknown {
  try {
    return parseCondition(text, 'query').root;
  } catch (error) {
    return error instanceof Error ? { ...error, message: error.message } : error;
  }
}

/** Texts that stock jsep accepts as an expression, but that are not conditions. */
const silentlyAccepted = [
  'a b',
  'a, b',
  'a; b',
  ';',
  '()',
  "'a''b'",
  '',
  'device.tags.a ANDAND device.tags.b',
  "STARTS_WITH(device.name 'b')",
  'device.tags.n IN [1 2 3]',
  'device.tags.n IN [1,,2]',
  'device.tags.n IN [1,]',
  'device.tags.n IN [,]',
  "('x','y')",
  "('x' 'y')",
  'device.tags.a & 1 == 1',
  'device.tags.a == 1 == 2',
  'device.tags.a < 1 < 2',
  'device.tags.my-key == 1',
  'device.tags.n\u00a0== 1',
  'undefined',
  'NaN',
  'this',
  'device?.tags.a',
  '~device.tags.a',
  '+device.tags.a = 1',
  '-device.tags.a = 1',
  "'abc'.x",
  'f(1)(2)',
  'device.tags.a(1)',
  'device[device.x]',
  'device.tags.a = 9007199254740993',
  'device.tags.a = 1e400',
  'device.tags.a = 1.',
  'device.tags.a = .5',
  "device.tags.a = 'a\\qb'",
  'device.tags.a ? 1 : 2',
  'device.__proto__',
  'device.constructor.constructor',
  'toString(1)',
  '[1][0] = 1',
];

test.each(silentlyAccepted)('refused although jsep accepts it: %j', (text) => {
  expect(() => parseCondition(text, 'query')).toThrow(expect.objectContaining({ code: 'bad-condition' }));
});

/** Texts that stock jsep parses differently. */
const readDifferently: [string, string][] = [
  ['NOT device.tags.a = 1', 'NOT (device.tags.a = 1)'],
  ['!device.tags.a == 1', 'NOT (device.tags.a = 1)'],
  ["device.tags.a NOT IN ['x']", "NOT (device.tags.a IN ['x'])"],
  ["device.tags.a IN ('x', 'y')", "device.tags.a IN ['x', 'y']"],
  ["device.tags.a IN ('x')", "device.tags.a IN ['x']"],
  ['device.tags.a And device.tags.b oR device.tags.c', '(device.tags.a AND device.tags.b) OR device.tags.c'],
  ["device.tags.a = '\\u0041'", "device.tags.a = 'A'"],
  ["device.tags.ORDER = 'x'", "device.tags['ORDER'] = 'x'"],
  ["device.tags.OR = 'x' or device.tags.IN = 'y'", "device.tags['OR'] = 'x' OR device.tags['IN'] = 'y'"],
  ['True', '*'],
];

test.each(readDifferently)('%j is read as %j', (text, meaning) => {
  const withoutSpans = (node: unknown) => JSON.stringify(node, (key, value) => (key === 'span' ? undefined : value));
  expect(withoutSpans(outcome(text))).toBe(withoutSpans(outcome(meaning)));
});

/** The same for stock jsep, to see that a change has an effect on it. */
function stockOutcome(text: string): unknown {
  try {
    return parseStock(text);
  } catch (error) {
    return String(error);
  }
}

function renameThis(): void {
  Jsep.this_str = 'device';
}

const hookNames = [
  'before-all',
  'gobble-expression',
  'after-expression',
  'gobble-token',
  'after-token',
  'gobble-spaces',
  'after-all',
];

const texts = [
  ...silentlyAccepted,
  ...readDifferently.flat(),
  "STARTS_WITH(device.name, 'a') AND NOT device.tags.n >= -5 OR device.reported.x IN [true, null]",
  'device.tags.a_b = 1 || device.tags.$x <> 2 && device.tags.on',
  'typeof device.tags.a = 1',
  'device.tags.a @ 1',
  'device.tags.a - 1 = 2',
  'device.tags.n = 5-3',
  'void 0',
  'device',
  'magic',
  'true',
  'device.tags.a || device.tags.b && device.tags.c == 1',
];

const changes: [string, () => void][] = [
  ['operators removed', () => Jsep.removeAllBinaryOps()],
  ['unary operators removed', () => Jsep.removeAllUnaryOps()],
  ['literals removed', () => Jsep.removeAllLiterals()],
  [
    'operators added',
    () => ['@', 'IN', 'AND', 'IN [', 'ö', 'b'].forEach((name, index) => void Jsep.addBinaryOp(name, index + 1)),
  ],
  [
    'precedences turned around',
    () => ['||', '&&', '==', '<'].forEach((name, index) => void Jsep.addBinaryOp(name, 9 - index)),
  ],
  ['unary words added', () => ['typeof', 'void', 'device', 'NOT', '@'].forEach((name) => void Jsep.addUnaryOp(name))],
  ['literals added', () => ['undefined', 'magic', 'device', 'tags'].forEach((name) => void Jsep.addLiteral(name, 1))],
  ['identifier characters added', () => ['-', '@', ' ', '.', '='].forEach((name) => void Jsep.addIdentifierChar(name))],
  ['identifier characters removed', () => ['$', '_'].forEach((name) => void Jsep.removeIdentifierChar(name))],
  ['this renamed', renameThis],
  [
    'hooks added',
    () =>
      hookNames.forEach((name) => {
        Jsep.hooks.add(name, (environment) => {
          throw new Error(`hooked with ${typeof environment.node}`);
        });
      }),
  ],
];

describe('changes to the shared grammar by other users of jsep have no effect', () => {
  const saved = { ...Jsep.binary_ops };
  const savedHooks = hookNames.map(
    (name) => [name, Array.isArray(Jsep.hooks[name]) ? [...(Jsep.hooks[name] as unknown[])] : undefined] as const,
  );

  afterEach(() => {
    Jsep.removeAllBinaryOps();
    for (const [name, precedence] of Object.entries(saved)) Jsep.addBinaryOp(name, precedence);
    Jsep.removeAllUnaryOps();
    for (const name of ['-', '!', '~', '+']) Jsep.addUnaryOp(name);
    Jsep.removeAllLiterals();
    for (const [name, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      Jsep.addLiteral(name, value);
    for (const name of ['-', '@', ' ', '.', '=']) Jsep.removeIdentifierChar(name);
    for (const name of ['$', '_']) Jsep.addIdentifierChar(name);
    Jsep.this_str = 'this';
    for (const [name, hooks] of savedHooks) Jsep.hooks[name] = hooks;
  });

  test.each(changes)('%s: every text gives the same result', (_, change) => {
    const [before, stockBefore] = [texts.map(outcome), texts.map(stockOutcome)];
    change();
    expect(texts.map(stockOutcome)).not.toEqual(stockBefore);
    expect(texts.map(outcome)).toEqual(before);
  });
});
