import type { Cancel } from '@muster/twin';
import type { Change } from '../change.js';
import type { Awaitable, ChangePage, Committed, Decision, Entries, EntryKind, Store } from '../store.js';
import { numbered } from './change-log.js';
import { Followers } from './followers.js';
import { MemoryTable } from './memory-table.js';

/** The plain store: everything in maps, nothing survives the process. Model of what the others must do. */
export class MemoryStore implements Store {
  readonly #tables: { readonly [Kind in EntryKind]: MemoryTable<Entries[Kind]> } = {
    device: new MemoryTable(),
    configuration: new MemoryTable(),
  };
  readonly #followers = new Followers();
  #log: Change[] = [];
  #head = 0;
  #isWakeUpDue = false;

  read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined> {
    return this.#table(kind).get(id);
  }

  async scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Promise<readonly Entries[Kind][]> {
    return this.#table(kind).above(after, limit);
  }

  async update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Promise<Committed<Result>> {
    const { result, entry, changes = [] } = decide(this.#table(kind).get(id));
    if (entry) this.#table(kind).set(id, entry);
    if (changes.length > 0) {
      this.#log.push(...numbered(changes, this.#head));
      this.#head += changes.length;
      this.#wakeSoon();
    }
    return { result, durable: Promise.resolve() };
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    const oldest = this.#log[0]?.sequence ?? this.#head + 1;
    const start = Math.max(0, after + 1 - oldest);
    return { changes: this.#log.slice(start, start + limit), oldest, head: this.#head };
  }

  async trim({ olderThan, bytesMax }: { olderThan: number; bytesMax: number }): Promise<void> {
    const sizes = this.#log.map((change) => Buffer.byteLength(JSON.stringify(change)));
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    const keep = this.#log.findIndex((change, index) => {
      const isDue = bytes > bytesMax || Date.parse(change.data.at) < olderThan;
      bytes -= sizes[index] ?? 0;
      return !isDue;
    });
    this.#log = keep < 0 ? this.#log.slice(-1) : this.#log.slice(keep);
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
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
