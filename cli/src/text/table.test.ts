import { expect, test } from 'vitest';
import { createStyle } from './style.js';
import { formatTable, streamTable } from './table.js';

const plain = createStyle(false);
const columns = [
  { title: 'ID', text: ({ id }: Row) => id },
  { title: 'N', text: ({ n }: Row) => n },
];

interface Row {
  readonly id: string;
  readonly n: string;
}

async function* rows(count: number): AsyncGenerator<Row> {
  for (let index = 0; index < count; index += 1) yield { id: `d${index}`, n: String(index) };
}

test('columns are as wide as their widest cell, in columns of the terminal', () => {
  const items = [
    { id: 'pump', n: '1' },
    { id: '温度', n: '2' },
    { id: 'e\u0301', n: '' },
  ];
  expect(formatTable(columns, items, plain)).toEqual(['ID    N', 'pump  1', '温度  2', 'e\u0301     -']);
});

test('only the titles are styled', () => {
  expect(formatTable(columns, [{ id: 'a', n: 'b' }], createStyle(true))).toEqual(['\u001b[1mID  N\u001b[0m', 'a   b']);
});

test('control characters in a cell are escaped', () => {
  expect(formatTable(columns, [{ id: '\u001b[2J\n\u202e', n: '1' }], plain)[1]).toBe('\\u001b[2J\\u000a\\u202e  1');
});

test.each([0, 1, 499, 500, 501, 1234])('a table of %d rows streams every row once, in order', async (count) => {
  const lines = await linesOf(streamTable(columns, rows(count), plain));
  const ids = lines.map((line) => line.split(/ +/)[0]);
  expect(ids).toEqual(['ID', ...Array.from({ length: count }, (_, index) => `d${index}`)]);
});

async function linesOf(source: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of source) lines.push(line);
  return lines;
}
