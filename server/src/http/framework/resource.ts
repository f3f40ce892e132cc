import { etagOf } from './etag.js';
import type { Answer } from './route.js';

interface Stored {
  readonly id: string;
  readonly revision: number;
}

/** A resource as it stands in the store, with its validator. */
export function found(record: Stored, view: object): Answer {
  return { status: 200, body: view, headers: { etag: etagOf(record) } };
}

/** What a PUT has left in a collection, with its place if it is new there. */
export function written(
  collection: string,
  { record, isNew }: { record: Stored; isNew: boolean },
  view: object,
): Answer {
  if (!isNew) return found(record, view);
  const location = `/v1/${collection}/${encodeURIComponent(record.id)}`;
  return { status: 201, body: view, headers: { etag: etagOf(record), location } };
}
