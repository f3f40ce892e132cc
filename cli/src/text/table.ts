import { displayWidth, padEnd } from './display-width.js';
import type { Style } from './style.js';
import { visibleText } from './visible-text.js';

const GAP = '  ';
/** Rows that determine the column widths of a long table. */
const ROWS_MEASURED = 500;

export interface Column<Item> {
  readonly title: string;
  readonly text: (item: Item) => string;
}

/** Returns the lines of a table. Cells are neither cut nor wrapped, so that lines can be searched and split. */
export function formatTable<Item>(columns: readonly Column<Item>[], items: readonly Item[], style: Style): string[] {
  return formatRows(
    columns.map(({ title }) => title),
    cellsOf(columns, items),
    style,
  );
}

/** Yields the lines of a table of any length. The first rows determine the widths; wider cells later stick out. */
export async function* streamTable<Item>(
  columns: readonly Column<Item>[],
  items: AsyncIterable<Item>,
  style: Style,
): AsyncGenerator<string, void, undefined> {
  const titles = columns.map(({ title }) => title);
  let widths: readonly number[] | undefined;
  let rows: string[][] = [];
  for await (const item of items) {
    rows.push(...cellsOf(columns, [item]));
    if (rows.length < ROWS_MEASURED) continue;
    yield* widths ? rows.map(joinedTo(widths)) : formatRows(titles, rows, style);
    widths ??= widthsOf([titles, ...rows]);
    rows = [];
  }
  yield* widths ? rows.map(joinedTo(widths)) : formatRows(titles, rows, style);
}

function formatRows(titles: readonly string[], rows: readonly (readonly string[])[], style: Style): string[] {
  const join = joinedTo(widthsOf([titles, ...rows]));
  return [style.bold(join(titles)), ...rows.map(join)];
}

function cellsOf<Item>(columns: readonly Column<Item>[], items: readonly Item[]): string[][] {
  return items.map((item) => columns.map(({ text }) => visibleText(text(item)) || '-'));
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
  }
  return widths;
}

function joinedTo(widths: readonly number[]): (cells: readonly string[]) => string {
  return (cells) =>
    cells
      .map((cell, index) => padEnd(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
}
