import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCondition } from '../parse/parse.js';
import { node, subject } from '../testing/arbitrary.js';
import type { ConditionNode } from './condition.js';
import { evaluate } from './evaluate.js';
import { normalize } from './normalize.js';
import { printCondition } from './print.js';

test.each([
  ['NOT device.tags.n < 3', 'device.tags.n >= 3'],
  ['3 < device.tags.n', 'device.tags.n > 3'],
  ['NOT 3 < device.tags.n', 'device.tags.n <= 3'],
  ["NOT (device.tags.a = 'x' AND device.tags.b > 1)", "device.tags.a != 'x' OR device.tags.b <= 1"],
  ['NOT NOT NOT device.tags.a', 'device.tags.a = false'],
  ['device.tags.a != true', 'device.tags.a = false'],
  [
    'NOT (device.tags.a OR NOT (device.tags.b OR device.tags.c))',
    'device.tags.a = false AND (device.tags.b = true OR device.tags.c = true)',
  ],
  ["NOT device.tags.a IN ['x']", "device.tags.a != 'x'"],
  ["device.tags.a NOT IN ['x', 'y']", "device.tags.a NOT IN ['x', 'y']"],
  ["'x' IN [device.tags.a, device.tags.b]", "device.tags.a = 'x' OR device.tags.b = 'x'"],
  ["'x' NOT IN [device.tags.a, device.tags.b]", "device.tags.a != 'x' AND device.tags.b != 'x'"],
  ['device.tags.a NOT IN []', 'device.tags.a NOT IN []'],
  ["device.name = LOWER('ABC')", "device.name = 'abc'"],
  ["NOT STARTS_WITH(LOWER(device.name), LOWER('A'))", "NOT STARTS_WITH(LOWER(device.name), 'a')"],
  ['device.tags.a AND true', 'device.tags.a = true'],
  ['device.tags.a AND NOT true', 'false'],
  ['device.tags.a OR NOT false', 'true'],
  ['NOT (false OR false)', 'true'],
  ['device.tags.n > 3 OR NOT device.tags.n > 3', 'device.tags.n > 3 OR device.tags.n <= 3'],
])('%s is %s', (text, expected) => {
  expect(printCondition(normalize(parseCondition(text, 'target').root))).toBe(expected);
});

test('a negated AND of many ORs does not grow', () => {
  const parts = Array.from({ length: 16 }, (_, index) => `(device.tags.a${index} = 1 OR device.tags.b${index} = 1)`);
  const { root } = parseCondition(`NOT (${parts.join(' AND ')})`, 'target');
  const leaves = (one: ConditionNode): number =>
    'operands' in one ? one.operands.reduce((sum, inner) => sum + leaves(inner), 0) : 1;
  expect(leaves(normalize(root))).toBe(32);
});

/** Whether NOT is only where it is allowed, AND and OR are flat, and no constant is an operand. */
function isNormal(one: ConditionNode): boolean {
  if (one.kind === 'not') return !['not', 'and', 'or', 'constant', 'truth', 'equal', 'less'].includes(one.operand.kind);
  if (one.kind !== 'and' && one.kind !== 'or') return true;
  return (
    one.operands.length > 1 &&
    one.operands.every((inner) => inner.kind !== one.kind && inner.kind !== 'constant' && isNormal(inner))
  );
}

describe('any condition', () => {
  test('is TRUE, FALSE and UNKNOWN for the same subjects in its normal form', () => {
    fc.assert(
      fc.property(node, subject, (root, one) => {
        const normal = normalize(root);
        expect(evaluate(normal, one)).toBe(evaluate(root, one));
        expect(isNormal(normal)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
