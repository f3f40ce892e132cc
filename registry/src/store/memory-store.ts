import type { Cancel } from '@muster/twin';
import type { Change } from '../change.js';
import type { ChangePage, Committed, Decision, Entries, EntryKind, Store } from '../store.js';
import { numbered } from './change-log.js';
import { Followers } from './followers.js';

type Table = Map<string, Entries[EntryKind]>;

/** The plain store: everything in maps, nothing survives the process. Model of what the others must do. */
export class MemoryStore implements Store {
  readonly #tables: Readonly<Record<EntryKind, Table>> = { device: new Map(), configuration: new Map() };
  readonly #followers = new Followers();
  #log: Change[] = [];
  #head = 0;
  #isWakeUpDue = false;

  async read<Kind extends EntryKind>(kind: Kind, id: string): Promise<Entries[Kind] | undefined> {
    return this.#table(kind).get(id);
  }

  async scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Promise<readonly Entries[Kind][]> {
    const table = this.#table(kind);
    const ids = [...table.keys()].filter((id) => id > after).sort();
    return ids.slice(0, limit).map((id) => table.get(id) as Entries[Kind]);
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
    let bytes = this.#log.reduce((sum, change) => sum + JSON.stringify(change).length, 0);
    const keep = this.#log.findIndex((change) => {
      const isDue = bytes > bytesMax || Date.parse(change.data.at) < olderThan;
      bytes -= JSON.stringify(change).length;
      return !isDue;
    });
    this.#log = keep < 0 ? this.#log.slice(-1) : this.#log.slice(keep);
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
  }

  async close(): Promise<void> {}

  #table<Kind extends EntryKind>(kind: Kind): Map<string, Entries[Kind]> {
    return this.#tables[kind] as Map<string, Entries[Kind]>;
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
