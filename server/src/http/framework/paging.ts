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
 * Collects a page from rows in id order, without rows that have no view. A page is full when its last item is found, so
 * the next page may be empty.
 */
export class PageCollector<Row extends { readonly id: string }, Item> {
  readonly #list: string;
  readonly #limit: number;
  readonly #view: (row: Row) => Item | undefined;
  readonly #items: Item[] = [];
  #last = '';
  #hasMore = false;

  constructor(list: string, limit: number, view: (row: Row) => Item | undefined) {
    this.#list = list;
    this.#limit = limit;
    this.#view = view;
  }

  /** Returns whether it takes the next row too. */
  add(row: Row): boolean {
    if (this.#items.length === this.#limit) {
      this.#hasMore = true;
      return false;
    }
    const item = this.#view(row);
    if (item === undefined) return true;
    this.#items.push(item);
    this.#last = row.id;
    return true;
  }

  get page(): Page<Item> {
    return { items: this.#items, ...(this.#hasMore ? { cursor: makeCursor(this.#list, this.#last) } : {}) };
  }
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
