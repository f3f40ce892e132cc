import { type Edit, lineEdits } from './line-edits.js';
import type { Style } from './style.js';

const CONTEXT_LINES = 3;

interface NumberedEdit extends Edit {
  /** Lines of each side that come before. */
  readonly before: number;
  readonly after: number;
}

/** A unified diff of two texts, empty when they are equal. */
export function unifiedDiff(
  names: { readonly before: string; readonly after: string },
  before: readonly string[],
  after: readonly string[],
  style: Style,
): string[] {
  const hunks = hunksOf(numbered(lineEdits(before, after)));
  if (hunks.length === 0) return [];
  return [
    style.bold(`--- ${names.before}`),
    style.bold(`+++ ${names.after}`),
    ...hunks.flatMap((hunk) => hunkLines(hunk, style)),
  ];
}

function numbered(edits: readonly Edit[]): NumberedEdit[] {
  let [before, after] = [0, 0];
  return edits.map((edit) => {
    const numberedEdit = { ...edit, before, after };
    if (edit.kind !== 'added') before += 1;
    if (edit.kind !== 'removed') after += 1;
    return numberedEdit;
  });
}

/** Changes with the lines around them; those whose surroundings touch are one hunk. */
function hunksOf(edits: readonly NumberedEdit[]): NumberedEdit[][] {
  const hunks: { start: number; end: number }[] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'same') continue;
    const last = hunks.at(-1);
    const [start, end] = [Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1];
    if (last !== undefined && start <= last.end) last.end = end;
    else hunks.push({ start, end });
  }
  return hunks.map(({ start, end }) => edits.slice(start, end));
}

function hunkLines(hunk: readonly NumberedEdit[], style: Style): string[] {
  const [first] = hunk;
  if (first === undefined) return [];
  const removed = hunk.filter(({ kind }) => kind !== 'added').length;
  const added = hunk.filter(({ kind }) => kind !== 'removed').length;
  const heading = `@@ -${range(first.before, removed)} +${range(first.after, added)} @@`;
  return [style.cyan(heading), ...hunk.map((edit) => editLine(edit, style))];
}

/** As diff writes it: an empty side names the line before it. */
function range(linesBefore: number, count: number): string {
  const start = count === 0 ? linesBefore : linesBefore + 1;
  return count === 1 ? `${start}` : `${start},${count}`;
}

function editLine({ kind, line }: Edit, style: Style): string {
  if (kind === 'added') return style.green(`+${line}`);
  return kind === 'removed' ? style.red(`-${line}`) : ` ${line}`;
}
