import { describe, expect, test } from 'vitest';
import { checkId, isId } from './id.js';

describe('an id', () => {
  test.each(['a', '0', 'Z', 'model-v3.1-0001', 'a.b_c:d~e@f-g', 'x'.repeat(128), 'constructor'])('may be %j', (id) => {
    expect(isId(id)).toBe(true);
    expect(checkId(id)).toBe(id);
  });

  test.each([
    '',
    '-dash',
    '.dot',
    '_line',
    '~',
    ' a',
    'a ',
    'a/b',
    'a+b',
    'a#b',
    '$twin',
    'ü',
    'a\u0000b',
    'a\nb',
    'a\n',
    '__proto__',
    'x'.repeat(129),
    undefined,
    null,
    7,
    ['a'],
    { toString: () => 'a' },
  ])('may not be %j', (id) => {
    expect(isId(id)).toBe(false);
    expect(() => checkId(id)).toThrow(expect.objectContaining({ name: 'TwinError', code: 'bad-id' }));
  });
});
