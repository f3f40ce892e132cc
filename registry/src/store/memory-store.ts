import type { Cancel } from '@muster/twin';
import type { Change } from '../log/change.js';
import { numbered, type TrimBounds, trimmed } from '../log/change-tail.js';
import { Followers } from './followers.js';
import { MemoryTable } from './memory-table.js';
import type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  CommittedEntry,
  Decision,
  Entries,
  EntryKind,
  Store,
} from './store.js';
import { type AnyEntry, perKind } from './tables.js';

/** A store in maps; nothing survives the process. It is the model for all other stores. */
export class MemoryStore implements Store {
  readonly #tables = perKind(() => new MemoryTable<AnyEntry>());
  readonly #followers = new Followers();
  #log: Change[] = [];
  #head = 0;
  #isWakeUpDue = false;

  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined> {
    return this.#table(kind).get(id);
  }

  readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]> {
    return ids.map((id) => this.#table(kind).get(id));
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Awaitable<readonly Entries[Kind][]> {
    return this.#table(kind).above(after, limit);
  }

  async update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Promise<Committed<Result>> {
    const before = this.#table(kind).get(id);
    const { result, entry, changes: decided = [] } = decide(before);
    if (entry) {
      const changes = numbered(decided, this.#head);
      this.#table(kind).set(id, entry);
      this.#log.push(...changes);
      this.#head += changes.length;
      this.#followers.tell([{ kind, before, after: entry, changes, sequence: this.#head } as CommittedEntry]);
      if (changes.length > 0) this.#wakeSoon();
    }
    return { result, durable: Promise.resolve() };
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    const oldest = this.#log[0]?.sequence ?? this.#head + 1;
    const start = Math.max(0, after + 1 - oldest);
    return { changes: this.#log.slice(start, start + limit), oldest, head: this.#head };
  }

  head(): Awaitable<number> {
    return this.#head;
  }

  async trim(bounds: TrimBounds): Promise<void> {
    this.#log = trimmed(this.#log, bounds);
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
  }

  onCommit(listener: CommitListener): Cancel {
    return this.#followers.onCommit(listener);
  }

  async close(): Promise<void> {}

  #table<Kind extends EntryKind>(kind: Kind): MemoryTable<Entries[Kind]> {
    return this.#tables[kind] as unknown as MemoryTable<Entries[Kind]>;
  }

  #wakeSoon(): void {
    if (this.#isWakeUpDue) return;
    this.#isWakeUpDue = true;
    setImmediate(() => {
      this.#isWakeUpDue = false;
      this.#followers.wake();
    });
  }
}
