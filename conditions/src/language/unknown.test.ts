import { expect, test } from 'vitest';
import { parseCondition } from '../parse/parse.js';
import type { Subject } from './condition.js';
import { explainUnknown } from './unknown.js';

const subject: Subject = {
  id: 'd',
  name: 'd',
  tags: { n: 5, s: 'eu', b: true, nil: null, list: [1], object: { x: 1 }, fw: 'banana', 'a b': 1 },
  reported: {},
};

test.each<[string, string]>([
  ["device.tags.absent = 'x'", 'device.tags.absent is missing'],
  ['device.tags.absent.deeper != null', 'device.tags.absent.deeper is missing'],
  ["device.tags['a c'] = 1", "device.tags['a c'] is missing"],
  ["device.tags['a b'] = 'x'", "device.tags['a b'] is a number, a string is needed"],
  ["device.tags.n = '5'", 'device.tags.n is a number, a string is needed'],
  ["'5' = device.tags.n", 'device.tags.n is a number, a string is needed'],
  ['NOT device.tags.s < 5', 'device.tags.s is a string, a number is needed'],
  ['device.tags.nil < 5', 'device.tags.nil is null, a number is needed'],
  ["device.tags.object = 'x'", 'device.tags.object is an object, a string is needed'],
  ['device.tags.list = true', 'device.tags.list is an array, a boolean is needed'],
  ['device.tags.n = device.tags.s', 'device.tags.n is a number, a string is needed'],
  ['device.tags.n = device.tags.absent', 'device.tags.absent is missing'],
  [
    'device.tags.object = device.tags.object',
    'device.tags.object is an object and device.tags.object is an object, which = cannot compare',
  ],
  ['device.tags.n < null', 'device.tags.n is a number and null is null, which < cannot compare'],
  ['device.tags.b < true', 'device.tags.b is a boolean and true is a boolean, which < cannot compare'],
  ['device.tags.n <= true', 'device.tags.n is a number and true is a boolean, which <= cannot compare'],
  ['device.tags.n', 'device.tags.n is a number, a boolean is needed'],
  ['NOT device.tags.absent', 'device.tags.absent is missing'],
  ["device.tags.n IN ['a', null]", 'device.tags.n is a number, a string is needed'],
  ["device.tags.absent NOT IN ['a']", 'device.tags.absent is missing'],
  ['device.tags.absent IN []', 'device.tags.absent is missing'],
  ["STARTS_WITH(device.tags.n, 'a')", 'device.tags.n is a number, a string is needed'],
  ['CONTAINS(device.tags.s, device.tags.absent)', 'device.tags.absent is missing'],
  ["LOWER(device.tags.n) = 'a'", 'device.tags.n is a number, a string is needed'],
  ['LOWER(device.tags.s) = 5', 'LOWER(device.tags.s) is a string, a number is needed'],
  ["ARRAY_CONTAINS(device.tags.s, 'a')", 'device.tags.s is a string, an array is needed'],
  ['ARRAY_CONTAINS(device.tags.absent, 1)', 'device.tags.absent is missing'],
  [
    'ARRAY_CONTAINS(device.tags.list, device.tags.object)',
    'device.tags.object is an object, a string or number or boolean or null is needed',
  ],
  ["VERSION(device.tags.fw) = VERSION('1.0.0')", 'device.tags.fw is not a semantic version'],
  ["VERSION(device.tags.n) = VERSION('1.0.0')", 'device.tags.n is a number, a string is needed'],
  ["VERSION('1.0.0') < VERSION(device.tags.absent)", 'device.tags.absent is missing'],
  ["device.tags.b AND device.tags.n = 'x' AND device.tags.absent", 'device.tags.n is a number, a string is needed'],
  ['false OR NOT (device.tags.absent OR device.tags.n)', 'device.tags.absent is missing'],
])('%s: %s', (text, explanation) => {
  expect(explainUnknown(parseCondition(text, 'target'), subject)).toBe(explanation);
});

test.each([
  'true',
  'false',
  'device.tags.absent AND false',
  'device.tags.absent OR true',
  'IS_DEFINED(device.tags.absent)',
  'device.tags.n = 5',
  'device.tags.n = 6',
])('not UNKNOWN: %s', (text) => {
  expect(explainUnknown(parseCondition(text, 'target'), subject)).toBeUndefined();
});
