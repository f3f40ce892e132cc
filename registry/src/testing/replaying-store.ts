import type { Cancel } from '@muster/twin';
import type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  Decision,
  Entries,
  EntryKind,
  Store,
} from '../store/store.js';

/**
 * Runs every decision twice, first over an older entry, like a store that loses a race. It exposes decisions that are not
 * pure.
 */
export class ReplayingStore implements Store {
  readonly #store: Store;
  /** The version of each entry before its last write. */
  readonly #older = new Map<string, Entries[EntryKind] | undefined>();

  constructor(store: Store) {
    this.#store = store;
    store.onCommit((entries) => {
      for (const { kind, before, after } of entries) this.#older.set(`${kind} ${after.id}`, before);
    });
  }

  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>> {
    return this.#store.update(kind, id, (current: Entries[Kind] | undefined) => {
      try {
        decide(this.#older.get(`${kind} ${id}`) as Entries[Kind] | undefined);
      } catch {
        // The older entry may not allow it.
      }
      return decide(current);
    });
  }

  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined> {
    return this.#store.read(kind, id);
  }

  readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]> {
    return this.#store.readMany(kind, ids);
  }

  prefetch(kind: EntryKind, ids: readonly string[]): void {
    this.#store.prefetch?.(kind, ids);
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Awaitable<readonly Entries[Kind][]> {
    return this.#store.scan(kind, after, limit);
  }

  changes(after: number, limit: number): Promise<ChangePage> {
    return this.#store.changes(after, limit);
  }

  head(): Awaitable<number> {
    return this.#store.head();
  }

  trim(bounds: { readonly olderThan: number; readonly bytesMax: number }): Promise<void> {
    return this.#store.trim(bounds);
  }

  follow(wake: () => void): Cancel {
    return this.#store.follow(wake);
  }

  onCommit(listener: CommitListener): Cancel {
    return this.#store.onCommit(listener);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
