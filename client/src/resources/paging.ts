import type { Page } from '@muster/api';

export interface PageOptions {
  /** Items per page; the server's default is 100, its maximum 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
  readonly signal?: AbortSignal;
}

/** Yields the items of all pages; fetches a page after the last item of the one before. */
export async function* allItems<Item>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page: Page<Item> = await fetchPage(cursor);
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
