/**
 * What the program that writes tells while it writes. Each mark is a write of its own to a file beside, so that
 * a recording has it in its place between the calls of the store.
 */
export type Mark =
  /** So many writes of the plan were given to the store, or are about to be. */
  | { readonly type: 'sent'; readonly writes: number }
  /** The first so many writes of the plan are said to be on disk. */
  | { readonly type: 'acknowledged'; readonly writes: number }
  | { readonly type: 'trim-began'; readonly olderThan: number }
  /** The log is said to begin there. */
  | { readonly type: 'trimmed'; readonly oldest: number };

/** What a store must hold, and may hold, after a crash. */
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
