import { isTwinError } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { ConditionScope } from '../language/condition.js';
import { parseCondition } from './parse.js';

/** Returns the refusal of a text, with the part of the text that it points at. */
function refusalOf(text: string, scope: ConditionScope) {
  try {
    parseCondition(text, scope);
  } catch (error) {
    if (!isTwinError(error)) throw error;
    const { position, length, hint } = error.details;
    const start = Number(position);
    return {
      code: error.code,
      message: error.message,
      hint: String(hint),
      position: start,
      fault: text.slice(start, start + Number(length)),
    };
  }
  throw new Error(`not refused: ${text}`);
}

/** The text, its fault, a part of the hint, and the position of the fault, by default its first occurrence. */
type Row = readonly [text: string, fault: string, hint: string, position?: number];

const shape: Row[] = [
  ['', '', 'write * to match all'],
  [' \t\n', ' \t\n', 'write * to match all'],
  ['a b', 'b', 'join conditions', 2],
  ['AND', 'AND', 'between two conditions'],
  ["device.id = 'eu' AND", '', 'missing here', 20],
  ["OR device.id = 'eu'", 'OR', 'between two conditions'],
  ['NOT', '', 'missing here', 3],
  ['device.tags.n =', '', 'missing here', 15],
  ['device.tags.n = = 1', '=', 'a comparison is written', 16],
  ['device.tags.n === 1', '=', 'a comparison is written', 16],
  ['device.tags.n !== 1', '=', 'a comparison is written', 16],
  ['(device.tags.n = 1', '(', 'add )'],
  ['device.tags.n = 1)', ')', 'nothing is open'],
  ["STARTS_WITH(device.name, 'a'", '(', 'add )'],
  ["STARTS_WITH(device.name, 'a',)", ')', 'something is missing'],
  ["STARTS_WITH(device.name 'a')", "'", 'join conditions'],
  ["device.id = 'eu", "'eu", "close it with '"],
  ["device.id = 'eu\\'", "'eu\\'", "close it with '"],
  ['device.tags.n IN [1, 2', '[', 'add ]'],
  ['device.tags.n IN [1 2]', '2', 'join conditions'],
  ['device.tags.n IN [1,,2]', ',', 'one expression', 20],
  ["device.tags.region IN 'eu'", "'eu'", 'ARRAY_CONTAINS'],
  ["'a' IN device.tags.list", 'device.tags.list', 'ARRAY_CONTAINS'],
  ['device.tags.n IN [[1]]', '[1]', 'right of IN'],
  ['device.tags.n IN ()', '()', 'a list into them'],
  ['()', '()', 'a list into them'],
  ['() => true', '()', 'a list into them'],
  ['device.tags.n = 1; device.tags.n = 2', ';', 'one expression'],
  ['device.tags.n = 1, device.tags.n = 2', ',', 'one expression'],
  ['(device.tags.a, device.tags.b)', '(device.tags.a, device.tags.b)', 'right of IN'],
  ["device.id = 'a' device.id = 'b'", 'device', 'join conditions', 16],
  ['1 < device.tags.n < 3', '<', 'with AND', 18],
  ['device.tags.a = 1 = 2', '=', 'with AND', 18],
  ['NOT device.tags.a = 1 IN [1]', 'IN', 'with AND'],
  ['device.tags.n := 1', ':', 'a comparison is written'],
  ['device.tags.n += 1', '+', 'no arithmetic'],
  ['device.tags.n++', '+', 'no arithmetic'],
  ['device.tags.n + 1 = 6', '+', 'no arithmetic'],
  ['device.tags.n - 1 = 6', '-', 'no arithmetic'],
  ['device.tags.n & 1', '&', 'join conditions'],
  ['device.tags.n | 1', '|', 'join conditions'],
  ['device.tags.a ? true : false', '?', 'UNKNOWN'],
  ['device.tags.n @ 1', '@', 'join conditions'],
  ['`text`', '`', '\' or "'],
  ['device.id = ‘eu’', '‘', '\' or "'],
  ['device.tags.region = "eu\u201d', '"eu\u201d', 'close it with "'],
  ['device.tags.n\u00a0= 1', '\u00a0', 'ordinary space'],
  ['\u00a0', '\u00a0', 'ordinary space'],
  ['\ufeffdevice.tags.on', '\ufeff', 'ordinary space'],
  ["device.id\u200b = 'a'", '\u200b', 'ordinary space'],
];

const values: Row[] = [
  ["'text'", "'text'", 'compare it with a path'],
  ['42', '42', 'compare it with a path'],
  ['null', 'null', 'compare it with a path'],
  ["['a']", "['a']", 'path IN'],
  ['1 = 1', '1 = 1', 'put a path on one side'],
  ["STARTS_WITH('ab', 'a')", "STARTS_WITH('ab', 'a')", 'put a path on one side'],
  ["'a' IN ['a']", "'a' IN ['a']", 'put a path on one side'],
  ["LOWER('A') = 'a'", "LOWER('A') = 'a'", 'put a path on one side'],
  ["device.tags.region = ['eu']", "['eu']", 'right of IN'],
  ['device.tags.a = NOT device.tags.b', 'NOT device.tags.b', 'join comparisons'],
  ['(device.tags.a = 1) = true', 'device.tags.a = 1', 'join comparisons'],
  ['IS_DEFINED(device.tags.a) = true', 'IS_DEFINED(device.tags.a)', 'stand alone'],
  ['device.tags.n = 9007199254740993', '9007199254740993', '2^53'],
  ['device.tags.n = -9007199254740992', '-9007199254740992', '2^53'],
  ['device.tags.n = 1e400', '1e400', '2^53'],
  ['device.tags.n = 1.', '1.', 'as in JSON'],
  ['device.tags.n = .5', '.5', 'as in JSON'],
  ['device.tags.n = 007', '007', 'as in JSON'],
  ['device.tags.n = 0x10', '0x10', 'as in JSON'],
  ['device.tags.n = 1_000', '1_000', 'as in JSON'],
  ['device.tags.n = 1e', '1e', 'as in JSON'],
  ['device.tags.n = +5', '+', 'no arithmetic'],
  ['device.tags.n = --5', '--5', 'no arithmetic'],
  ["device.id = 'a\\xb'", '\\x', 'known are'],
  ["device.id = '\\u12g4'", '\\u', 'known are'],
  ["device.id = 'a\\r'", '\\r', 'known are'],
  ["device.id = 'a\\🚀'", '\\🚀', 'known are'],
  ["VERSION(device.reported.fw) >= VERSION('banana')", "'banana'", "'3.1.0'"],
  ["VERSION('') = VERSION(device.reported.fw)", "''", "'3.1.0'"],
  ["VERSION(device.reported.fw) = VERSION('3.1')", "'3.1'", "'3.1.0'", 38],
  ["VERSION(device.reported.fw) = '3.1.0'", "'3.1.0'", 'on both sides'],
  ['VERSION(device.reported.fw) = device.tags.fw', 'device.tags.fw', 'on both sides'],
  ["VERSION(device.reported.fw) IN ['3.1.0']", "'3.1.0'", 'on both sides'],
  ['VERSION(5) = VERSION(device.tags.fw)', '5', 'VERSION('],
  ['VERSION(device.reported.fw)', 'VERSION(device.reported.fw)', 'compare it'],
  ['LOWER(device.name)', 'LOWER(device.name)', 'compare it'],
];

const calls: Row[] = [
  ["FOO(device.name, 'x')", 'FOO', 'the functions are'],
  ["device.tags.n = 1 AND FOO(device.name, 'x')", 'FOO', 'the functions are'],
  ["START_WITH(device.name, 'x')", 'START_WITH', '`STARTS_WITH`'],
  ['ISDEFINED(device.name)', 'ISDEFINED', '`IS_DEFINED`'],
  ["device.name = UPPER('x')", 'UPPER', 'the functions are'],
  ["eval('1')", 'eval', 'the functions are'],
  ["constructor('x')", 'constructor', 'the functions are'],
  ["__proto__('x')", '__proto__', 'the functions are'],
  ["hasOwnProperty('x')", 'hasOwnProperty', 'the functions are'],
  ['STARTS_WITH(device.name)', 'STARTS_WITH(device.name)', "STARTS_WITH(device.name, 'text')"],
  ['IS_DEFINED()', 'IS_DEFINED()', 'IS_DEFINED(device.tags.region)'],
  ["STARTS_WITH(device.name, 'a', 'b')", "STARTS_WITH(device.name, 'a', 'b')", 'STARTS_WITH('],
  ['STARTS_WITH(device.name, 5)', '5', 'a text in quotes'],
  ["IS_DEFINED('a')", "'a'", 'write a path'],
  ["ARRAY_CONTAINS(['a'], device.tags.a)", "['a']", 'right of IN'],
  ["ARRAY_CONTAINS(device.tags.list, VERSION('1.0.0'))", "VERSION('1.0.0')", 'with the text'],
  ['LOWER(5) = device.tags.a', '5', 'a text in quotes'],
  ["'abc'.startsWith('a')", '.', 'device.tags.region'],
  ["''.constructor('x')", '.', 'device.tags.region'],
  ["device.name.startsWith('model')", "device.name.startsWith('model')", 'STARTS_WITH(device.name'],
  ["STARTS_WITH(device.name, 'a')(1)", "STARTS_WITH(device.name, 'a')(1)", 'STARTS_WITH(device.name'],
  ['LOWER(device.name).length = 1', 'LOWER(device.name).length', 'no members'],
];

const paths: Row[] = [
  ['device', 'device', 'device.tags.region'],
  ['device.tags = 1', 'device.tags', 'device.tags.mode'],
  ['IS_DEFINED(device.reported)', 'device.reported', 'device.reported.mode'],
  ['device.id.length = 1', 'device.id.length', 'device.id alone'],
  ['device.nonsense = 1', 'nonsense', '`device.tags.nonsense`'],
  ['device.tag.region = 1', 'tag', '`device.tags.region`'],
  ['device.lastseenat = 1', 'lastseenat', '`device.lastSeenAt`'],
  ['device.constructor', 'constructor', '`device.tags.constructor`'],
  ['device.configurations.a = 1', 'configurations', 'device.tags'],
  ['tags.region = 1', 'tags', '`device.tags.region`'],
  ['region = 1', 'region', '`device.tags.region`'],
  ['Device.tags.region = 1', 'Device', '`device.tags.region`'],
  ['devices.tags.region = 1', 'devices', '`device.tags.region`'],
  ['foo.bar = 1', 'foo', '`device.tags.foo.bar`'],
  ['device.tags.region = eu', 'eu', "'eu' in quotes"],
  ['device.tags.region = undefined', 'undefined', 'in quotes'],
  ['this = 1', 'this', 'in quotes'],
  ['device.tags..n = 1', '.', 'device.tags.region', 12],
  ['device.tags. = 1', '=', 'a comparison', 13],
  ["device.tags['n' = 1", '', "['a b']", 19],
  ['device.tags[] = 1', ']', 'something is missing'],
  ['device.tags.list[0] = 1', '0', 'ARRAY_CONTAINS'],
  ['device.tags[device.name] = 1', 'device.name', "['a b']"],
  ['device?.tags.region = 1', 'device?.tags.region', 'plain dot'],
  ['device.tags.__proto__ = 1', '__proto__', 'another name'],
  ["IS_DEFINED(device.tags['__proto__'])", "'__proto__'", 'another name'],
  ['device.__proto__ = 1', '__proto__', 'another name'],
  ['device.tags.site-code = 1', 'site-code', "device.tags['site-code']"],
  ['device.tags.a.site-code.b = 1', 'site-code', "device.tags.a['site-code']"],
  ["device.tags['x'].site-code = 1", 'site-code', "device.tags['x']['site-code']"],
  ["device.id = 'eu' AND device.reported.fw-version = '1'", 'fw-version', "device.reported['fw-version']"],
  ['site-code = 1', 'site-code', "device.tags['site-code']"],
  ['device.site-code = 1', 'site-code', "device.tags['site-code']"],
  ['device.tags.2g = 1', '2g', "['2g']"],
  ["device.tags.größe = 'x'", 'größe', "device.tags['größe']"],
  ["device.tags.äh = 'x'", 'äh', "['äh']"],
];

describe.each([
  ['shape', shape],
  ['values', values],
  ['calls', calls],
  ['paths', paths],
])('refused: %s', (_, rows) => {
  for (const [text, fault, hint, position = text.indexOf(fault)] of rows) {
    test(`${JSON.stringify(text)} at ${JSON.stringify(fault)}`, () => {
      const refusal = refusalOf(text, 'query');
      expect(refusal).toMatchObject({ code: 'bad-condition', fault, position });
      expect(refusal.hint).toContain(hint);
      expect(refusalOf(text, 'target').code).toBe('bad-condition');
    });
  }
});

test.each([
  ['device.desired.x = 1', 'device.desired.x', 'would change what it reads'],
  ['device.connected', 'device.connected', 'comes and goes'],
  ['NOT device.connected = true', 'device.connected', 'comes and goes'],
  ["device['connected'] = true", "device['connected']", 'comes and goes'],
  ["device.lastSeenAt > '2020'", 'device.lastSeenAt', 'comes and goes'],
  ["device.createdAt > '2020'", 'device.createdAt', 'registration'],
  ["device.id = 'eu' OR IS_DEFINED(device.desired.x)", 'device.desired.x', 'would change what it reads'],
])('good in a query, refused as a target condition: %s', (text, fault, reason) => {
  expect(parseCondition(text, 'query').text).toBe(text);
  const refusal = refusalOf(text, 'target');
  expect(refusal).toMatchObject({ code: 'bad-condition', fault, position: text.indexOf(fault) });
  expect(refusal.message).toContain(reason);
  expect(refusal.hint).toContain('device.reported');
});

test('configurations are refused in targets, with the reason', () => {
  expect(refusalOf('device.configurations.a = 1', 'target').message).toContain('would change what it reads');
});

test('a condition has each path it reads once', () => {
  const text =
    "device.id = 'a' OR (VERSION(device.tags['a b']) > VERSION(device.reported.fw) AND NOT LOWER(device.id) IN [device.reported.x.y])";
  expect(parseCondition(text, 'target').paths).toEqual([
    ['id'],
    ['tags', 'a b'],
    ['reported', 'fw'],
    ['reported', 'x', 'y'],
  ]);
  expect(parseCondition('*', 'target').paths).toEqual([]);
});

test('chains are flat, whatever their parentheses', () => {
  const { root } = parseCondition(
    'device.tags.a OR (device.tags.b OR (device.tags.c OR device.tags.d)) OR device.tags.e',
    'target',
  );
  expect(root.kind === 'or' && root.operands.map(({ kind }) => kind)).toEqual(Array(5).fill('truth'));
});

test('spans point into the text', () => {
  const text = " NOT ( device.tags.a  = 'x' ) AND STARTS_WITH( device.name , 'b' ) ";
  const { root } = parseCondition(text, 'target');
  if (root.kind !== 'and') throw new Error('an AND is expected');
  const slices = [root, ...root.operands].map(({ span }) => text.slice(span.position, span.position + span.length));
  expect(slices).toEqual([text.trim(), "NOT ( device.tags.a  = 'x' )", "STARTS_WITH( device.name , 'b' )"]);
});
