import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConditionNode, Subject } from '../../language/condition.js';
import { evaluate } from '../../language/evaluate.js';
import { normalize } from '../../language/normalize.js';
import { parseCondition } from '../../parse/parse.js';
import { node, subject } from '../../testing/arbitrary.js';
import { workloadSubject, workloadText } from '../../testing/workload.js';
import type { AccessKey } from './access-key.js';
import { planAccess } from './access-plan.js';
import { explainAccess } from './explain-access.js';
import { hasKey } from './has-key.js';
import { estimateSelectivity, NO_POSTINGS } from './selectivity.js';

const keysOf = (text: string) => {
  const explanation = explainAccess(parseCondition(text, 'target'));
  return explanation.indexable ? explanation.keys : explanation.reason;
};

test.each<[string, string[]]>([
  ["device.tags.a = 'x'", ["device.tags.a = 'x'"]],
  ["'x' = device.tags.a", ["device.tags.a = 'x'"]],
  ["device.tags.a IN ['x', 1, null]", ["device.tags.a = 'x'", 'device.tags.a = 1', 'device.tags.a = null']],
  ['device.tags.a IN []', []],
  ['device.tags.a < null', []],
  ['device.tags.a > true', []],
  ['false', []],
  ["device.tags.a != 'x'", ["device.tags.a != 'x'"]],
  ["device.tags.a NOT IN ['x', 'y']", ["device.tags.a != 'x'"]],
  ['device.tags.a NOT IN []', ['IS_DEFINED(device.tags.a)']],
  ["STARTS_WITH(device.name, 'ab')", ["STARTS_WITH(device.name, 'ab')"]],
  ["STARTS_WITH(device.tags.a, '')", ['IS_STRING(device.tags.a)']],
  ["ENDS_WITH(LOWER(device.tags.a), 'x')", ["ENDS_WITH(LOWER(device.tags.a), 'x')"]],
  ["CONTAINS(device.tags.a, 'abcd')", ["CONTAINS(device.tags.a, 'abc')"]],
  ["CONTAINS(device.tags.a, 'a')", ["CONTAINS(device.tags.a, 'a')"]],
  ["NOT CONTAINS(device.tags.a, 'abcd')", ['IS_STRING(device.tags.a)']],
  ['device.tags.n > 3 AND device.tags.n <= 10', ['device.tags.n > 3 AND device.tags.n <= 10']],
  ['device.tags.n > 3 AND device.tags.n > 5 AND device.tags.n >= 5', ['device.tags.n > 5']],
  ['device.tags.n > 3 AND device.tags.n <= 3', []],
  ["device.tags.n > 3 AND device.tags.n < 'x'", ['device.tags.n > 3']],
  ["VERSION(device.tags.v) >= VERSION('3.1.0-rc.1+b')", ["VERSION(device.tags.v) >= VERSION('3.1.0-rc.1')"]],
  ["ARRAY_CONTAINS(device.tags.l, 'x')", ["ARRAY_CONTAINS(device.tags.l, 'x')"]],
  ["NOT ARRAY_CONTAINS(device.tags.l, 'x')", ['device.tags.l is an array']],
  ['IS_DEFINED(device.tags.a)', ['IS_DEFINED(device.tags.a)']],
  ['NOT IS_DEFINED(device.tags.a)', ['NOT IS_DEFINED(device.tags.a)']],
  ['device.tags.a', ['device.tags.a = true']],
  [
    "device.tags.a = 'x' AND STARTS_WITH(device.name, 'abcde')",
    ["STARTS_WITH(device.name, 'abcde') AND device.tags.a = 'x'"],
  ],
  ["device.tags.a = 'x' AND * ".replace('*', 'true'), ["device.tags.a = 'x'"]],
  [
    "device.tags.a = 'x' OR device.tags.b = 'y' AND device.tags.n > 1",
    ["device.tags.a = 'x'", "device.tags.b = 'y' AND device.tags.n > 1"],
  ],
  [
    "device.tags.n != 1 AND (device.tags.a = 'x' OR device.tags.b = 'y')",
    ["device.tags.a = 'x' AND device.tags.n != 1", "device.tags.b = 'y' AND device.tags.n != 1"],
  ],
  ["NOT STARTS_WITH(device.name, 'x') AND device.tags.a = 'x'", ["device.tags.a = 'x'"]],
])('%s is looked up by %j', (text, keys) => {
  expect(keysOf(text)).toEqual(keys);
});

test('NOT of a type test is looked up by each other type, and by absence', () => {
  expect(keysOf('NOT IS_STRING(device.tags.a)')).toEqual([
    'NOT IS_DEFINED(device.tags.a)',
    'IS_NUMBER(device.tags.a)',
    'IS_BOOL(device.tags.a)',
    'device.tags.a = null',
    'device.tags.a is an array',
    'device.tags.a is an object',
  ]);
});

test.each([
  ['*', 'it is TRUE of every device'],
  ['device.tags.a = 1 OR true', 'it is TRUE of every device'],
  ['NOT STARTS_WITH(device.name, device.id)', 'the only parts'],
  ['IS_STRING(device.id) OR device.tags.a = 1', 'the only parts'],
])('%s is asked of every device: %s', (text, reason) => {
  const explanation = explainAccess(parseCondition(text, 'target'));
  expect(explanation).toEqual({ indexable: false, reason: expect.stringContaining(reason) });
});

test('an OR of many ANDs has a key for each operand, and a condition of more keys than the limit is scanned', () => {
  const one = parseCondition("device.tags.a = 'x'", 'target').root;
  const many = (count: number): ConditionNode => ({ kind: 'or', operands: new Array(count).fill(one), span: one.span });
  expect(planAccess(many(2_000), () => 1)).toMatchObject({ kind: 'keyed', entries: { length: 2_000 } });
  expect(planAccess(many(2_001), () => 1)).toMatchObject({ kind: 'scanned', reason: expect.stringContaining('2000') });
});

describe('any condition over any subject', () => {
  /** Shares that prefer one key or another, so that every choice among keys is tried. */
  const selectivity = fc
    .func(fc.double({ min: 0.01, max: 1, noNaN: true }))
    .map((choose) => (key: AccessKey) => choose(key));
  const prior = fc.constant((key: AccessKey) => estimateSelectivity(key, NO_POSTINGS));

  function judge(root: ConditionNode, one: Subject, rank: (key: AccessKey) => number): boolean | undefined {
    const plan = planAccess(normalize(root), rank);
    if (plan.kind === 'scanned') return undefined;
    const held = plan.entries.some((entry) => entry.every((key) => hasKey(key, one)));
    if (evaluate(root, one) === true) expect(held).toBe(true);
    return held;
  }

  test('what is TRUE has all keys of an entry', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(node, subject, fc.oneof(selectivity, prior), (root, one, rank) => {
        seen.add(judge(root, one, rank));
      }),
      { numRuns: 2_000 },
    );
    expect(seen).toEqual(new Set([true, false, undefined]));
  });

  test('so it is where keys and values often meet', () => {
    fc.assert(
      fc.property(workloadText, workloadSubject, fc.oneof(selectivity, prior), (text, one, rank) => {
        judge(parseCondition(text, 'target').root, one, rank);
      }),
      { numRuns: 2_000 },
    );
  });
});
