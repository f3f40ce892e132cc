import { assertNever } from '@muster/twin';
import { Option } from 'commander';
import type { Style } from './style.js';
import { type Column, streamTable } from './table.js';
import { yamlText } from './yaml-text.js';

export const FORMATS = ['table', 'json', 'yaml', 'id'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOption(formats: readonly Format[], fallback?: Format): Option {
  const option = new Option('-o, --output <format>', 'output format').choices(formats);
  return fallback === undefined ? option : option.default(fallback);
}

interface Identified {
  readonly id?: string;
}

/** Yields the lines of a list as its items arrive. JSON is one array, YAML one document per item. */
export async function* formatList<Item extends Identified>(
  format: Format,
  items: AsyncIterable<Item>,
  columns: readonly Column<Item>[],
  style: Style,
): AsyncGenerator<string, void, undefined> {
  switch (format) {
    case 'table':
      yield* streamTable(columns, items, style);
      break;
    case 'json':
      yield* jsonArray(items);
      break;
    case 'yaml':
      for await (const item of items) yield `---\n${yamlText(item)}`;
      break;
    case 'id':
      for await (const { id } of items) yield id ?? '';
      break;
    default:
      assertNever(format);
  }
}

async function* jsonArray(items: AsyncIterable<unknown>): AsyncGenerator<string, void, undefined> {
  let before: string | undefined;
  for await (const item of items) {
    yield before === undefined ? '[' : `${before},`;
    before = JSON.stringify(item, null, 2).replaceAll(/^/gm, '  ');
  }
  yield before === undefined ? '[]' : `${before}\n]`;
}

/** Yields the lines of one item. */
export async function* formatOne<Item extends Identified>(
  format: Format,
  item: Item,
  columns: readonly Column<Item>[],
  style: Style,
): AsyncGenerator<string, void, undefined> {
  const text = structuredText(format, item);
  if (text === undefined) yield* formatList(format, only(item), columns, style);
  else yield text;
}

/** Returns the item as JSON or YAML; undefined for other formats. */
export function structuredText(format: Format | undefined, item: unknown): string | undefined {
  if (format === 'json') return JSON.stringify(item, null, 2);
  return format === 'yaml' ? yamlText(item) : undefined;
}

async function* only<Item>(item: Item): AsyncGenerator<Item, void, undefined> {
  yield item;
}
