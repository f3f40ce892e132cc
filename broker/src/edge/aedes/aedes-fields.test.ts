import { expect, test } from 'vitest';
import { checkPrivateFields, wrongFields } from './aedes-fields.js';

test('the installed Aedes and mqtt-packet have the private members that the edge uses', () => {
  expect(checkPrivateFields).not.toThrow();
});

test.each<[string, unknown, string[]]>([
  ['missing', { close: () => {} }, ['client._parser: object']],
  ['of another type', { close: () => {}, _parser: 1 }, ['client._parser: object']],
  ['missing altogether', undefined, ['client: an object']],
  ['right', { close: () => {}, _parser: {} }, []],
])('fields that are %s are named', (_, value, expected) => {
  expect(wrongFields('client', value, { close: 'function', _parser: 'object' })).toEqual(expected);
});
