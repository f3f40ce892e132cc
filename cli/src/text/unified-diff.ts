import { type StructuredPatchHunk, structuredPatch } from 'diff';
import type { Style } from './style.js';

const CONTEXT_LINES = 3;
/** With more differences than this a minimal diff is not worth the time: everything is shown as replaced. */
const EDITS_MAX = 1_000;

/** A unified diff of two lists of lines, empty when they are equal. */
export function unifiedDiff(
  names: { readonly before: string; readonly after: string },
  before: readonly string[],
  after: readonly string[],
  style: Style,
): string[] {
  const hunks = hunksOf(before, after);
  if (hunks.length === 0) return [];
  return [
    style.bold(`--- ${names.before}`),
    style.bold(`+++ ${names.after}`),
    ...hunks.flatMap((hunk) => hunkLines(hunk, style)),
  ];
}

function hunksOf(before: readonly string[], after: readonly string[]): readonly StructuredPatchHunk[] {
  const options = { context: CONTEXT_LINES, maxEditLength: EDITS_MAX };
  const patch = structuredPatch('', '', textOf(before), textOf(after), '', '', options);
  return patch?.hunks ?? [replacement(before, after)];
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function replacement(before: readonly string[], after: readonly string[]): StructuredPatchHunk {
  const lines = [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  return { oldStart: 1, oldLines: before.length, newStart: 1, newLines: after.length, lines };
}

function hunkLines({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk, style: Style): string[] {
  const heading = `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
  return [style.cyan(heading), ...lines.map((line) => painted(line, style))];
}

/** In the format of `diff -u`: an empty range starts at the line before it, a range of one line has no length. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? `${start}` : `${start},${count}`;
}

function painted(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line);
  return line.startsWith('-') ? style.red(line) : line;
}
