import { expect, test } from 'vitest';
import { parseCondition } from '../parse/parse.js';
import { printCondition, printPath } from './print.js';

test.each([
  ['*', 'true'],
  ["device.id=='a'||device.name<>\"it's\"", "device.id = 'a' OR device.name != 'it\\'s'"],
  ['((device.tags.a)) and (device.tags.b or device.tags.c)', 'device.tags.a AND (device.tags.b OR device.tags.c)'],
  ['device.tags.a OR (device.tags.b AND device.tags.c)', 'device.tags.a OR device.tags.b AND device.tags.c'],
  ['!(device.tags.a && device.tags.b)', 'NOT (device.tags.a AND device.tags.b)'],
  ['!(device.tags.n = 1)', 'NOT device.tags.n = 1'],
  ['NOT device.tags.n IN (1)', 'device.tags.n NOT IN [1]'],
  ['NOT NOT device.tags.n IN (1, -2)', 'NOT device.tags.n NOT IN [1, -2]'],
  ["startswith(lower(device['name']), 'a')", "STARTS_WITH(LOWER(device.name), 'a')"],
  ["version(device.tags['a b'].c) >= version('1.0.0')", "VERSION(device.tags['a b'].c) >= VERSION('1.0.0')"],
  [
    'array_contains(device.tags.a, null) AND is_bool(device.tags.b)',
    'ARRAY_CONTAINS(device.tags.a, null) AND IS_BOOL(device.tags.b)',
  ],
  ["device.id = '\\u00a0\\n\\t\\\\\\u0000\\ud83d🚀ä'", "device.id = '\\u00a0\\n\\t\\\\\\u0000\\ud83d🚀ä'"],
  ['device.tags.n = 1.50e3', 'device.tags.n = 1500'],
  ['device.tags.n < 1e20', 'device.tags.n < 1e+20'],
  ['device.tags.n = -0', 'device.tags.n = 0'],
])('%s is printed as %s', (text, printed) => {
  expect(printCondition(parseCondition(text, 'target').root)).toBe(printed);
});

test.each([
  [['tags', 'a', '$b_1'], 'device.tags.a.$b_1'],
  [['tags', '1a', '', "it's", 'ä'], "device.tags['1a']['']['it\\'s']['ä']"],
])('the path %j is %s', (path, printed) => {
  expect(printPath(path)).toBe(printed);
});
