import type { Change } from '../change.js';
import type { Entries, EntryKind } from '../store.js';

interface BatchedEntry {
  readonly kind: EntryKind;
  readonly id: string;
  readonly entry: Entries[EntryKind];
}

const ENTRIES_MAX = 512;
const CHANGES_MAX = 4_096;

/** Writes that go to disk together. An entry that changes twice meanwhile is written once. */
export class WriteBatch {
  readonly durable: Promise<void>;
  readonly changes: Change[] = [];
  readonly #entries: Readonly<Record<EntryKind, Map<string, Entries[EntryKind]>>> = {
    device: new Map(),
    configuration: new Map(),
  };
  #writes = 0;
  #isStarted = false;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever waits hears of a failure; that nobody may be waiting is no reason to end the process.
    this.durable.catch(() => {});
  }

  get isEmpty(): boolean {
    return this.#writes === 0;
  }

  /** As much as may be encoded at once without holding up everybody else. */
  get isFull(): boolean {
    return this.#entries.device.size >= ENTRIES_MAX || this.changes.length >= CHANGES_MAX;
  }

  get<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#entries[kind].get(id) as Entries[Kind] | undefined;
  }

  put(kind: EntryKind, id: string, entry: Entries[EntryKind]): void {
    this.#entries[kind].set(id, entry);
    this.#writes += 1;
  }

  append(changes: readonly Change[]): void {
    for (const change of changes) this.changes.push(change);
    this.#writes += 1;
  }

  /** True once: whoever made the first write starts the batch on its way. */
  isFirstWrite(): boolean {
    const isFirst = !this.#isStarted;
    this.#isStarted = true;
    return isFirst;
  }

  *entries(): Generator<BatchedEntry> {
    for (const kind of ['device', 'configuration'] as const) {
      for (const [id, entry] of this.#entries[kind]) yield { kind, id, entry };
    }
  }

  resolve(): void {
    this.#resolve();
  }

  reject(error: Error): void {
    this.#reject(error);
  }
}
