import type { Entries, EntryKind, Store } from './store.js';

const PAGE = 500;

/** Entries of one kind with an id above `start`, in id order. */
export async function* entriesOf<Kind extends EntryKind>(
  store: Store,
  kind: Kind,
  start = '',
): AsyncGenerator<Entries[Kind]> {
  for await (const page of pagesOf(store, kind, start)) yield* page;
}

/** The same entries in the pages in which they are read. */
export async function* pagesOf<Kind extends EntryKind>(
  store: Store,
  kind: Kind,
  start = '',
): AsyncGenerator<readonly Entries[Kind][]> {
  for (let after = start; ; ) {
    const page = await store.scan(kind, after, PAGE);
    yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}
