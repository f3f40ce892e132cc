/**
 * A note of the writing program. Each mark is a write to a separate file, so that the recording shows it in its place
 * between the calls of the store.
 */
export type Mark =
  /** The first `writes` planned writes were given to the store, or are about to be. */
  | { readonly type: 'sent'; readonly writes: number }
  /** The store reported that the first `writes` planned writes are on disk. */
  | { readonly type: 'acknowledged'; readonly writes: number }
  | { readonly type: 'trim-began'; readonly olderThan: number }
  /** The store reported that the log begins there. */
  | { readonly type: 'trimmed'; readonly oldest: number };

/** The least and the most that a store may hold after a crash. */
export interface Promised {
  readonly sent: number;
  readonly acknowledged: number;
  readonly trimOlderThan: number;
  readonly oldest: number;
}

export const NOTHING_PROMISED: Promised = { sent: 0, acknowledged: 0, trimOlderThan: 0, oldest: 0 };

export function promisedAfter(promised: Promised, mark: Mark): Promised {
  switch (mark.type) {
    case 'sent':
      return { ...promised, sent: Math.max(promised.sent, mark.writes) };
    case 'acknowledged':
      return { ...promised, acknowledged: Math.max(promised.acknowledged, mark.writes) };
    case 'trim-began':
      return { ...promised, trimOlderThan: Math.max(promised.trimOlderThan, mark.olderThan) };
    case 'trimmed':
      return { ...promised, oldest: Math.max(promised.oldest, mark.oldest) };
  }
}
