import { displayWidth } from './display-width.js';
import type { Style } from './style.js';
import { visibleText } from './visible-text.js';

const INDENT = '  ';

/** Returns the line that contains `position`, and carets below `length` of it; both in UTF-16 units. */
export function caretLines(text: string, position: number, length: number, style: Style): string[] {
  const start = Math.min(Math.max(0, position), text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  const before = visibleText(text.slice(lineStart, start));
  const span = visibleText(text.slice(start, Math.min(start + length, lineEnd)));
  return [
    `${INDENT}${before}${span}${visibleText(text.slice(Math.min(start + length, lineEnd), lineEnd))}`,
    `${INDENT}${' '.repeat(displayWidth(before))}${style.red('^'.repeat(Math.max(1, displayWidth(span))))}`,
  ];
}
