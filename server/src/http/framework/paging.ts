import { createHash } from 'node:crypto';
import type { Page } from '@muster/api';
import { isId, LIMITS, TwinError } from '@muster/twin';

const CHECK_BYTES = 6;

/** The requested part of a list: at most `limit` items with an id above `after`. */
export interface PageRequest {
  readonly after: string;
  readonly limit: number;
}

export function parsePage(list: string, query: { readonly limit?: string; readonly cursor?: string }): PageRequest {
  return {
    after: query.cursor === undefined ? '' : openCursor(list, query.cursor),
    limit: parseLimit(query.limit ?? String(LIMITS.pageItemsDefault)),
  };
}

/**
 * Takes a page from rows in id order, without rows that have no view. A page is full when its last item is found, so
 * the next page may be empty.
 */
export async function takePage<Row extends { readonly id: string }, Item>(
  list: string,
  rows: AsyncIterable<Row>,
  limit: number,
  view: (row: Row) => Item | undefined,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let last = '';
  for await (const row of rows) {
    if (items.length === limit) return { items, cursor: makeCursor(list, last) };
    const item = view(row);
    if (item === undefined) continue;
    items.push(item);
    last = row.id;
  }
  return { items };
}

/** The last id of a page, with a checksum that detects made-up cursors. Opaque to clients. */
export function makeCursor(list: string, id: string): string {
  return Buffer.concat([check(list, id), Buffer.from(id)]).toString('base64url');
}

function openCursor(list: string, cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').subarray(CHECK_BYTES).toString('utf8');
  if (isId(id) && makeCursor(list, id) === cursor) return id;
  throw new TwinError('bad-request', 'the cursor does not belong to this list: omit it to begin at the start');
}

function check(list: string, id: string): Buffer {
  return createHash('sha256').update(`cursor of ${list}\n${id}`).digest().subarray(0, CHECK_BYTES);
}

function parseLimit(text: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMITS.pageItemsMax) return limit;
  throw new TwinError('bad-request', `limit must be an integer from 1 to ${LIMITS.pageItemsMax}`);
}
