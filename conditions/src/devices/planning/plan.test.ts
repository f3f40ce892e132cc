import type { Json, JsonObject } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../../language/condition.js';
import { parseCondition } from '../../parse/parse.js';
import { conditionOf } from '../../testing/arbitrary.js';
import { pageOf } from '../../testing/page-of.js';
import { printPlan } from '../../testing/print-plan.js';
import { DeviceIndex, type DeviceIndexOptions } from '../device-index.js';
import type { PlanStep } from './plan.js';

const parsed = (text: string) => parseCondition(text, 'query');
const deviceOf = (n: number, tags: JsonObject = {}, reported: JsonObject = {}): Subject => {
  const region = ['eu', 'us', 'ap'][n % 3] ?? '';
  return { id: `d-${n}`, name: `model-${n % 10}-${n}`, tags: { region, site: n % 100, ...tags }, reported };
};

function fleet(
  size: number,
  options: DeviceIndexOptions = {},
  tags: (n: number) => JsonObject = () => ({}),
): DeviceIndex {
  const index = new DeviceIndex(options);
  for (let n = 0; n < size; n += 1) index.change(undefined, deviceOf(n, tags(n), { n }));
  return index;
}

const leaves = (step: PlanStep): PlanStep[] => (step.steps ? step.steps.flatMap(leaves) : [step]);
const shape = (index: DeviceIndex, text: string) => {
  const { root } = index.plan(parsed(text));
  return { way: root.way, isExact: root.isExact, ways: leaves(root).map(({ way }) => way) };
};

const small = fleet(300);

describe('what can be answered exactly', () => {
  test.each<[string, number]>([
    ["device.tags.region = 'eu'", 100],
    ["device.tags.region IN ['eu', 'us', 'xx']", 200],
    ["device.tags.region NOT IN ['eu', 'us']", 100],
    ["device.tags.region != 'eu'", 200],
    ["NOT device.tags.region = 'eu'", 200],
    ['device.tags.region != 5', 0],
    ['device.tags.region != null', 300],
    ["device.tags.region NOT IN ['eu', null]", 200],
    ["device.tags.missing != 'x'", 0],
    ['NOT IS_DEFINED(device.tags.missing)', 300],
    ['NOT IS_NUMBER(device.tags.region)', 300],
    ['IS_STRING(device.tags.site)', 0],
    ['device.tags.site >= 10 AND device.tags.site < 20', 30],
    ["device.tags.site >= '10'", 0],
    ["STARTS_WITH(device.name, 'model-3-')", 30],
    ["NOT STARTS_WITH(device.name, 'model-3-')", 270],
    ["STARTS_WITH(device.id, 'd-29')", 11],
    ["device.id = 'd-7'", 1],
    ["device.id > 'd-98'", 1],
    ["CONTAINS(device.tags.region, 'u')", 200],
    ["ENDS_WITH(device.name, '-7')", 1],
    ["LOWER(device.tags.region) = 'eu'", 100],
    ["device.tags.region = 'eu' AND (device.tags.site = 3 OR STARTS_WITH(device.name, 'model-0'))", 11],
    ["NOT (device.tags.region = 'eu' OR device.tags.region = 'us')", 100],
    ['*', 300],
    ['false', 0],
    ['device.tags.site > 5 AND false', 0],
  ])('%s', (text, count) => {
    const found = small.find(parsed(text));
    expect([...found.ids()]).toHaveLength(count);
    expect([found.isExact, found.isCounted, found.sizeMax]).toEqual([true, true, count]);
    expect(small.plan(parsed(text)).estimate).toBeGreaterThanOrEqual(count);
  });
});

describe('what is not', () => {
  test.each<[string, string, RegExp]>([
    ['device.reported.n = 5', 'scan', /device\.reported\.n is not watched/],
    ['device.desired.n = 5', 'scan', /device\.desired\.n is not indexed/],
    ['device.connected', 'scan', /device\.connected is not indexed/],
    ["device.tags.region = 'eu' OR device.reported.n = 5", 'scan', /no index has device\.reported\.n = 5/],
    ['device.reported.n > 5 AND device.desired.x = 1', 'scan', /no part of it can be looked up/],
    ["device.tags.region = 'eu' AND device.reported.n = 5", 'intersection', /verify: .*not watched/],
    ['device.tags.region = device.name', 'lookup', /compared device by device/],
  ])('%s', (text, way, reason) => {
    const plan = small.plan(parsed(text));
    expect([plan.root.way, plan.isExact]).toEqual([way, false]);
    expect(printPlan(plan)).toMatch(reason);
  });

  test('finds every device that may match, and says so', () => {
    const found = small.find(parsed("device.tags.region = 'eu' AND device.reported.n >= 150"));
    expect([found.isExact, found.sizeMax, [...found.ids()].length]).toEqual([false, 100, 100]);
  });
});

test('an AND begins with its most selective part, not the first in the text', () => {
  const plan = small.plan(
    parsed("device.tags.region != 'eu' AND device.tags.site = 7 AND STARTS_WITH(device.id, 'd-')"),
  );
  expect(plan.root.steps?.map(({ condition }) => condition)).toEqual([
    'device.tags.site = 7',
    "device.tags.region != 'eu'",
    "STARTS_WITH(device.id, 'd-')",
  ]);
  expect(plan).toMatchObject({ estimate: 3, isExact: true });
});

test('a plan is printed a line for each step', () => {
  const plan = small.plan(parsed("device.tags.site = 7 AND CONTAINS(device.name, '7') AND device.reported.n < 5"));
  expect(printPlan(plan).split('\n')).toEqual([
    "intersection: device.tags.site = 7 AND CONTAINS(device.name, '7') AND device.reported.n < 5 (at most 3; to be verified)",
    '  lookup: device.tags.site = 7 (at most 3; values of device.tags.site; exact)',
    "  test: CONTAINS(device.name, '7') (at most 300; each value of device.name; exact)",
    '  verify: device.reported.n < 5 (at most 300; to be verified; device.reported.n is not watched)',
  ]);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

test('a part that costs more to look up than to verify is verified, or tested in memory', () => {
  const large = fleet(30_000, {}, (n) => ({ serial: n, site: n % 10_000 }));
  expect(shape(large, 'device.tags.site = 7 AND device.tags.serial >= 0')).toEqual({
    way: 'intersection',
    isExact: false,
    ways: ['lookup', 'verify'],
  });
  expect(shape(large, "device.tags.site = 7 AND device.name >= 'm'")).toEqual({
    way: 'intersection',
    isExact: true,
    ways: ['lookup', 'test'],
  });
});

test('a condition on names that has no order is tested device by device during the walk', () => {
  const large = fleet(60_000);
  const found = large.find(parsed("CONTAINS(device.name, '-59') OR device.tags.region = 'xx'"));
  expect([found.isExact, found.isCounted, found.sizeMax]).toEqual([true, false, 60_000]);
  const matching = Array.from({ length: 60_000 }, (_, n) => deviceOf(n)).filter(({ name }) => name.includes('-59'));
  expect([...found.ids()].sort()).toEqual(matching.map(({ id }) => id).sort());
  expect(pageOf(found, 'd-5', 2)).toEqual(['d-59', 'd-590']);
});

describe('limits', () => {
  test('of paths: those beyond are scanned, and known ones stay exact', () => {
    const index = fleet(10, { indexedPathsMax: 2 }, () => ({ late: 1 }));
    expect(index.counters).toMatchObject({ paths: 2, leftOut: 10 });
    expect(shape(index, 'device.tags.late = 1')).toEqual({ way: 'scan', isExact: false, ways: ['scan'] });
    expect(shape(index, 'NOT IS_DEFINED(device.tags.never)')).toMatchObject({ way: 'scan' });
    expect(shape(index, "device.tags.region = 'eu'")).toMatchObject({ way: 'lookup', isExact: true });
  });

  test('of values: the path with the most keeps its types, the others are exact', () => {
    const index = fleet(200, { indexedValuesMax: 150 }, (n) => ({ serial: `s${n}` }));
    expect(index.counters.givenUp).toEqual(['device.tags.serial']);
    expect(index.counters.values).toBeLessThanOrEqual(150);
    expect(index.find(parsed("device.tags.serial = 's7'"))).toMatchObject({ isExact: false, sizeMax: 200 });
    expect(index.find(parsed('device.tags.serial = 7'))).toMatchObject({ sizeMax: 0 });
    expect(index.find(parsed('IS_STRING(device.tags.serial)'))).toMatchObject({ isExact: true, sizeMax: 200 });
    expect(index.find(parsed('device.tags.site = 7'))).toMatchObject({ isExact: true, sizeMax: 2 });
    for (let n = 0; n < 200; n += 1) index.change(deviceOf(n, { serial: `s${n}` }), undefined);
    expect(index.counters).toMatchObject({ devices: 0, paths: 0, values: 0, givenUp: [] });
  });
});

describe('one value', () => {
  const long = 'x'.repeat(300);
  test.each<[string, string, Json, boolean, boolean]>([
    ['-0 is 0', 'device.tags.a = 0', -0, true, true],
    ['-0 is not below 0', 'device.tags.a < 0', -0, false, true],
    ['-0 is at least 0', 'device.tags.a >= 0', -0, true, true],
    ['a text is no number', 'device.tags.a = 1', '1', false, true],
    ['a text is not unequal to a number', 'device.tags.a != 1', '1', false, true],
    ['null is there', 'IS_DEFINED(device.tags.a)', null, true, true],
    ['null is null', 'device.tags.a = null', null, true, true],
    ['null is not unequal to a text', "device.tags.a != 'x'", null, false, true],
    ['an object is not null', 'device.tags.a != null', {}, true, true],
    ['a list is not null', 'device.tags.a NOT IN [null]', [], true, true],
    ['a text is in no list with null', "device.tags.a NOT IN [null, 'x']", 'y', true, true],
    ['no list holds it', 'device.tags.a IN []', 'x', false, true],
    ['what is there is in no empty list', 'device.tags.a NOT IN []', {}, true, true],
    ['half a character', "STARTS_WITH(device.tags.a, '\\ud83d')", '🚀', true, true],
    ['the last character is no end', "STARTS_WITH(device.tags.a, 'a')", 'a\uffff\uffff', true, true],
    ['nothing begins every text', "STARTS_WITH(device.tags.a, '')", '', true, true],
    ['nothing begins no number', "STARTS_WITH(device.tags.a, '')", 5, false, true],
    ['a name of objects', "device.tags.constructor = 'x'", 'y', false, true],
    ['a value that is a name of objects', "device.tags.a = '__proto__'", '__proto__', true, true],
    ['an element', 'ARRAY_CONTAINS(device.tags.a, 1)', [1, 1, '1'], true, true],
    ['an element of another type', 'ARRAY_CONTAINS(device.tags.a, 1)', ['1'], false, true],
    ['not an element', 'NOT ARRAY_CONTAINS(device.tags.a, 1)', ['1'], true, true],
    ['not an element of what is no list', 'NOT ARRAY_CONTAINS(device.tags.a, 1)', 1, false, true],
    [
      'an element of a long list',
      'ARRAY_CONTAINS(device.tags.a, 999)',
      Array.from({ length: 1_000 }, (_, n) => n),
      true,
      false,
    ],
    ['a pre-release', "VERSION(device.tags.a) < VERSION('1.0.0')", '1.0.0-rc.1', true, true],
    ['a build', "VERSION(device.tags.a) = VERSION('1.0.0+a')", '1.0.0+b', true, true],
    ['another version', "VERSION(device.tags.a) != VERSION('1.0.0')", '1.0.1', true, true],
    ['no version', "VERSION(device.tags.a) != VERSION('1.0.0')", '1.0', false, true],
    ['lower case', "LOWER(device.tags.a) = 'straße'", 'STRAßE', true, true],
    ['lower of lower', "LOWER(LOWER(device.tags.a)) != 'ab'", 'AC', true, true],
    ['lower of a number', "LOWER(device.tags.a) != 'ab'", 5, false, true],
    ['a long text', `device.tags.a = '${long}'`, long, true, false],
    ['another long text', `device.tags.a != '${long}'`, `${long}y`, true, false],
    ['a long text is not a short one', "device.tags.a = 'x'", long, false, true],
    ['a long text begins', "STARTS_WITH(device.tags.a, 'xx')", long, true, false],
  ])('%s', (_, text, value, matches, isExact) => {
    const index = new DeviceIndex();
    const one: Subject = { id: 'd', name: 'd', tags: { a: value }, reported: {} };
    index.change(undefined, { id: 'other', name: 'other', tags: {}, reported: {} });
    index.change(undefined, { id: 'null', name: 'null', tags: { a: null }, reported: {} });
    index.change(undefined, one);
    const found = index.find(parsed(text));
    const isFound = found.has('d') && (found.isExact || parsed(text).test(one) === true);
    expect([found.isExact, isFound]).toEqual([isExact, matches]);
  });

  test('__proto__ is a name like any other', () => {
    const root = JSON.parse(JSON.stringify(parsed("device.tags.proto = 'x'").root).replace('"proto"', '"__proto__"'));
    const index = new DeviceIndex();
    index.change(undefined, { id: 'a', name: 'a', tags: JSON.parse('{"__proto__":"x"}'), reported: {} });
    index.change(undefined, { id: 'b', name: 'b', tags: { proto: 'x' }, reported: {} });
    expect([...index.find(conditionOf(root)).ids()]).toEqual(['a']);
  });
});
