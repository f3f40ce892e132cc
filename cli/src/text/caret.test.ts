import { expect, test } from 'vitest';
import { caretLines } from './caret.js';
import { createStyle } from './style.js';

test.each([
  ['a at the start', 'abc', 0, 1, ['  abc', '  ^']],
  ['a span', 'a = b', 2, 3, ['  a = b', '    ^^^']],
  ['the end of the text', 'a =', 3, 0, ['  a =', '     ^']],
  ['beyond the end', 'a', 99, 5, ['  a', '   ^']],
  ['the second line', 'a AND\nb = = c', 10, 1, ['  b = = c', '      ^']],
  ['a span over a line end', 'ab\ncd', 1, 4, ['  ab', '   ^']],
  ['after wide characters', "'温度' x", 5, 1, ["  '温度' x", '         ^']],
  ['a control character', 'a\u0007b', 2, 1, ['  a\\u0007b', '         ^']],
])('carets are under %s', (_, text, position, length, lines) => {
  expect(caretLines(text, position, length, createStyle(false))).toEqual(lines);
});
