import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStyle } from './style.js';
import { unifiedDiff } from './unified-diff.js';

const NAMES = { before: 'a', after: 'b' };
const texts = fc.array(fc.constantFrom('x', 'y', 'z', ''), { maxLength: 25 });

function diffOf(before: string, after: string): string[] {
  return unifiedDiff(NAMES, before.split(''), after.split(''), createStyle(false)).slice(2);
}

test.each([
  ['equal texts', 'abc', 'abc', []],
  ['a changed line', 'a', 'b', ['@@ -1 +1 @@', '-a', '+b']],
  ['an added line', 'ab', 'axb', ['@@ -1,2 +1,3 @@', ' a', '+x', ' b']],
  ['everything new', '', 'ab', ['@@ -0,0 +1,2 @@', '+a', '+b']],
  ['everything gone', 'ab', '', ['@@ -1,2 +0,0 @@', '-a', '-b']],
  ['three lines of context', '12345x6789', '123456789', ['@@ -3,7 +3,6 @@', ' 3', ' 4', ' 5', '-x', ' 6', ' 7', ' 8']],
])('%s', (_, before, after, expected) => {
  expect(diffOf(before, after)).toEqual(expected);
});

test('distant changes are separate hunks', () => {
  const hunks = diffOf('x1234567890y', 'a1234567890b').filter((line) => line.startsWith('@@'));
  expect(hunks).toEqual(['@@ -1,4 +1,4 @@', '@@ -9,4 +9,4 @@']);
});

test('a diff turns one text into the other, with as few changes as possible', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const hunks = unifiedDiff(NAMES, before, after, createStyle(false)).slice(2);
      expect(applied(before, hunks)).toEqual(after);
      const changes = hunks.filter((line) => /^[-+]/.test(line)).length;
      expect(changes).toBe(before.length + after.length - 2 * longestCommon(before, after));
    }),
    { numRuns: 500 },
  );
});

test('texts that differ in more than 1,000 lines are replaced whole', () => {
  const [heading, ...edits] = unifiedDiff(NAMES, lines('a'), lines('b'), createStyle(false)).slice(2);
  expect(heading).toBe('@@ -1,2000 +1,2000 @@');
  expect(edits).toEqual([...lines('-a'), ...lines('+b')]);
});

/** Applies the hunks as a patch. */
function applied(before: readonly string[], hunks: readonly string[]): string[] {
  const after: string[] = [];
  let next = 0;
  for (const line of hunks) {
    const [, start, count = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
    if (start !== undefined) {
      const end = count === '0' ? Number(start) : Number(start) - 1;
      after.push(...before.slice(next, end));
      next = end;
      continue;
    }
    if (!line.startsWith('+')) expect(before[next++]).toBe(line.slice(1));
    if (!line.startsWith('-')) after.push(line.slice(1));
  }
  return [...after, ...before.slice(next)];
}

function lines(prefix: string): string[] {
  return Array.from({ length: 2_000 }, (_, index) => `${prefix}${index}`);
}

/** The length of a longest common subsequence, by the textbook table. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const table = left.map(() => right.map(() => 0));
  const at = (row: number, column: number) => table[row]?.[column] ?? 0;
  for (const [row, line] of left.entries()) {
    for (const [column, other] of right.entries()) {
      const best = line === other ? at(row - 1, column - 1) + 1 : Math.max(at(row - 1, column), at(row, column - 1));
      (table[row] ?? [])[column] = best;
    }
  }
  return at(left.length - 1, right.length - 1);
}
