import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Format, formatList, formatOne } from './format.js';
import { createStyle } from './style.js';

const ITEMS = [
  { id: 'a', tags: { note: '- not a list', empty: {}, long: 'x '.repeat(100) } },
  { id: 'b', tags: { on: 'yes', off: 'null', number: '12', same: [1, 1] } },
];
const COLUMNS = [{ title: 'ID', text: ({ id }: { id: string }) => id }];
const plain = createStyle(false);

async function* source<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function list(format: Format, items: readonly (typeof ITEMS)[number][]): Promise<string> {
  let text = '';
  for await (const line of formatList(format, source(items), COLUMNS, plain)) text += `${line}\n`;
  return text;
}

test.each([0, 1, 2])('JSON of %d items is one array', async (count) => {
  const items = ITEMS.slice(0, count);
  expect(JSON.parse(await list('json', items))).toEqual(items);
});

test('YAML is one document per item, and parses to the same values', async () => {
  const documents = parseAllDocuments(await list('yaml', ITEMS));
  expect(documents.map((document) => document.toJS())).toEqual(ITEMS);
});

test('ids and tables are lines', async () => {
  expect(await list('id', ITEMS)).toBe('a\nb\n');
  expect(await list('table', ITEMS)).toBe('ID\na\nb\n');
});

test('one item in JSON is an object, not a list', async () => {
  const lines: string[] = [];
  for await (const line of formatOne('json', { id: 'a' }, COLUMNS, plain)) lines.push(line);
  expect(JSON.parse(lines.join('\n'))).toEqual({ id: 'a' });
});
