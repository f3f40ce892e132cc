import { etagOf } from './etag.js';
import type { Answer } from './route.js';

interface Stored {
  readonly id: string;
  readonly revision: number;
}

/** Answers with a stored resource and its validator. */
export function found(record: Stored, view: object): Answer {
  return { status: 200, body: view, headers: { etag: etagOf(record) } };
}

/** Answers a PUT in a collection: 201 with `Location` for a new resource, else 200. */
export function written(
  collection: string,
  { record, isNew }: { record: Stored; isNew: boolean },
  view: object,
): Answer {
  if (!isNew) return found(record, view);
  const location = `/v1/${collection}/${encodeURIComponent(record.id)}`;
  return { status: 201, body: view, headers: { etag: etagOf(record), location } };
}
