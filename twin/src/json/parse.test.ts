import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTwinError, type TwinErrorCode } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { parseJson, parseObject } from './parse.js';

function outcome(text: string): TwinErrorCode | 'good' {
  try {
    parseJson(text);
    return 'good';
  } catch (error) {
    if (isTwinError(error)) return error.code;
    throw error;
  }
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('numbers', () => {
  test.each<[string, number]>([
    ['9007199254740991', 2 ** 53 - 1],
    ['-9007199254740991', 1 - 2 ** 53],
    ['900719925474099.1', 900719925474099.1],
    ['1.5e-7', 1.5e-7],
    ['1E3', 1_000],
    ['1e300', 1e300],
    ['1e21', 1e21],
    ['1e-400', 0],
    [`0.${'1'.repeat(400)}`, 0.1111111111111111],
    ['-0', -0],
    ['0', 0],
  ])('%s is taken', (text, expected) => {
    expect(parseJson(text)).toBe(expected);
    expect(parseJson(`{"a":[1,${text}]}`)).toEqual({ a: [1, expected] });
  });

  test.each([
    ['2^53', '9007199254740992'],
    ['2^53 + 1', '9007199254740993'],
    ['-2^53', '-9007199254740992'],
    ['400 digits', '1'.repeat(400)],
    ['22 digits', '1000000000000000000000'],
    ['what becomes Infinity', '1e400'],
    ['what becomes -Infinity', '-1E+400'],
    ['what would be written as an integer with 21 digits', '1e20'],
    ['what rounds to 2^53', '9007199254740991.9'],
  ])('%s is refused', (_, text) => {
    expect(outcome(text)).toBe('bad-number');
    expect(outcome(`{"a":[1, ${text} ]}`)).toBe('bad-number');
  });

  test.each(['"9007199254740993"', '{"1e400":"1e400"}', '"\\" 1e400"', '"\\\\", 1', '["\\\\",1]'])(
    '%s: digits inside a text are no number',
    (text) => {
      expect(outcome(text)).toBe(text === '"\\\\", 1' ? 'malformed' : 'good');
    },
  );

  test('a number after a text that ends in a backslash is seen', () => {
    expect(outcome('["\\\\",1e400]')).toBe('bad-number');
  });

  test('one that was taken can be written and taken again', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), (value, plain) => {
        const text = plain ? String(value) : value.toExponential();
        if (outcome(text) === 'good') expect(parseJson(JSON.stringify(parseJson(text)))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('nesting', () => {
  test.each<[number, TwinErrorCode | 'good']>([
    [LIMITS.textDepthMax, 'good'],
    [LIMITS.textDepthMax + 1, 'too-deep'],
    [100_000, 'too-deep'],
  ])('%i levels: %s', (depth, expected) => {
    expect(outcome(nested(depth))).toBe(expected);
    expect(outcome(`{"a":${nested(depth - 1)}}`)).toBe(expected);
  });

  test('counts levels, not brackets, and none inside texts', () => {
    expect(outcome(`[${Array(200).fill('[]').join(',')}]`)).toBe('good');
    expect(outcome(JSON.stringify(nested(200)))).toBe('good');
  });
});

describe('what is no JSON', () => {
  test.each([
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '[1',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    "{'a':1}",
    '{a:1}',
    '"',
    '"\\"',
    '"\\x"',
    '"\n"',
    '"\\u12"',
    '01',
    '-',
    '+1',
    '.5',
    '1.',
    '1e',
    '--1',
    '0x10',
    'NaN',
    'Infinity',
    'undefined',
    'True',
    'nul',
    '1 2',
    '{} {}',
    '// x',
    '\ufeff{}',
    '\u00a0{}',
    '[1e400',
    '{"a":9007199254740993',
    '1e400e',
    '[9007199254740993}',
    ']]]]1e400',
  ])('%j is malformed', (text) => {
    expect(outcome(text)).toBe('malformed');
  });

  test('random texts and damaged documents are good, malformed or have a number that is refused, and nothing else', () => {
    const characters = fc.constantFrom(...'{}[]":,\\.+-0123456789eEtruefalsn \n'.split(''));
    const damaged = fc
      .tuple(fc.json(), fc.nat(), characters)
      .map(
        ([text, place, one]) =>
          text.slice(0, place % (text.length + 1)) + one + text.slice(1 + (place % (text.length + 1))),
      );
    const texts = fc.oneof(fc.string(), fc.string({ unit: characters, maxLength: 40 }), damaged);
    fc.assert(
      fc.property(texts, (text) => {
        const result = outcome(text);
        expect(result === 'malformed').toBe(!isJson(text));
        expect(['good', 'malformed', 'bad-number']).toContain(result);
      }),
      { numRuns: 1_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('what was written is read again', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      if (outcome(text) !== 'bad-number') expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test.each(['[]', 'null', '"text"', '1', 'true'])('parseObject refuses %s as malformed', (text) => {
  expect(() => parseObject(text)).toThrow(expect.objectContaining({ name: 'TwinError', code: 'malformed' }));
  expect(parseObject(`{"a":${text}}`)).toEqual({ a: JSON.parse(text) });
});
