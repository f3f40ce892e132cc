import { isTwinError, LIMITS } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import { parseCondition } from './parse.js';

const leaf = "device.id = 'x'";
const around = (times: number, open: string, inner: string, close = '') =>
  open.repeat(times) + inner + close.repeat(times);
const chain = (times: number, operator: string, part: string) => Array(times).fill(part).join(operator);
const padded = (length: number) => `device.id = '${'x'.repeat(length - "device.id = ''".length)}'`;

/** A comparison has depth 2, so 62 levels around it make 64. */
const within: [string, string][] = [
  ['4,096 characters', padded(4_096)],
  ['62 parentheses', around(62, '(', leaf, ')')],
  ['62 NOTs', around(62, 'NOT ', leaf)],
  ['62 nested LOWERs', `${around(62, 'LOWER(', 'device.id', ')')} = 'x'`],
  ['63 parentheses around a path with brackets', around(63, '(', "device.tags['a']", ')')],
  ['a chain of 250 constants: 499 nodes', chain(250, ' OR ', 'true')],
  ['a chain of 125 comparisons: 499 nodes', chain(125, '||', "device.id='x'").slice(0, 4_096)],
  ['a list of 498 literals: 500 nodes', `device.tags.n IN [${chain(498, ',', '1')}]`],
  ['alternating AND and OR on one level each', chain(50, ' OR ', 'true AND false')],
  ['a path of 1,000 segments', `device.tags${'.a'.repeat(1_000)}`],
  ['a path of 600 bracketed segments', `device.tags${"['a']".repeat(600)} = 1`],
];

const beyond: [string, string, RegExp][] = [
  ['4,097 characters', padded(4_097), /4096 are allowed/],
  ['100,000 terms', chain(100_000, ' AND ', leaf), /4096 are allowed/],
  ['63 parentheses', around(63, '(', leaf, ')'), /deeper than 64/],
  ['63 NOTs', around(63, 'NOT ', leaf), /deeper than 64/],
  ['63 exclamation marks', around(63, '!', leaf), /deeper than 64/],
  ['63 nested LOWERs', `${around(63, 'LOWER(', 'device.id', ')')} = 'x'`, /deeper than 64/],
  ['64 nested ANDs and ORs', `${around(32, 'true AND (true OR (', 'true', '))')}`, /deeper than 64/],
  ['2,000 open parentheses', '('.repeat(2_000), /deeper than 64/],
  ['2,000 open brackets', `device.id IN ${'['.repeat(2_000)}`, /deeper than 64/],
  ['2,000 NOTs', '!'.repeat(2_000), /deeper than 64/],
  ['1,000 paths within paths', 'device['.repeat(500), /deeper than 64/],
  ['1,000 calls', 'f('.repeat(1_000), /deeper than 64/],
  ['a chain of 251 constants: 501 nodes', chain(251, ' OR ', 'true'), /more than 500/],
  ['a chain of 126 comparisons: 503 nodes', chain(126, '||', "device.id='x'"), /more than 500/],
  ['a list of 499 literals: 501 nodes', `device.tags.n IN [${chain(499, ',', '1')}]`, /more than 500/],
  ['a list of 1,500 literals', `device.tags.n IN [${chain(1_500, ',', '1')}]`, /more than 500/],
];

describe('limits', () => {
  test.each(within)('within: %s', (_, text) => {
    expect(parseCondition(text, 'target').test({ id: 'x', name: 'x', tags: {}, reported: {} })).not.toBeInstanceOf(
      Error,
    );
  });

  test.each(beyond)('beyond: %s', (_, text, message) => {
    const refuse = () => parseCondition(text, 'target');
    expect(refuse).toThrow(message);
    try {
      refuse();
    } catch (error) {
      const { position, length } = isTwinError(error) ? error.details : {};
      expect(Number(position) + Number(length)).toBeLessThanOrEqual(text.length);
    }
  });

  test('are the numbers of the language', () => {
    expect([LIMITS.conditionLengthMax, LIMITS.conditionNodesMax, LIMITS.conditionDepthMax]).toEqual([4_096, 500, 64]);
  });
});
