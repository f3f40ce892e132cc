import type { Change } from '../change.js';
import type { CommittedEntry, Entries, EntryKind } from '../store.js';
import { type EncodedBatch, encodeBatch } from './encode-batch.js';
import type { StoredEntry } from './stored-entry.js';

const ENTRIES_MAX = 512;
const CHANGES_MAX = 4_096;
/** A configuration counts as this many devices: whoever is told of it enters its conditions into an index. */
const CONFIGURATION_WEIGHT = 16;

/** An entry to write, beside the one that it replaces on disk. */
interface EntryToWrite extends StoredEntry {
  readonly before: Entries[EntryKind] | undefined;
  readonly changes: readonly Change[];
}

/** Writes that go to disk together. An entry that changes twice meanwhile is written once. */
export class WriteBatch {
  readonly durable: Promise<void>;
  readonly changes: Change[] = [];
  readonly #rows: Readonly<Record<EntryKind, Map<string, EntryToWrite>>> = {
    device: new Map(),
    configuration: new Map(),
  };
  #encoded: EncodedBatch | undefined;
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
    const { device, configuration } = this.#rows;
    const weight = device.size + CONFIGURATION_WEIGHT * configuration.size;
    return weight >= ENTRIES_MAX || this.changes.length >= CHANGES_MAX;
  }

  get(kind: EntryKind, id: string): EntryToWrite | undefined {
    return this.#rows[kind].get(id);
  }

  /** `latest`: the entry over which it was decided, of this batch or the one before. */
  put(
    kind: EntryKind,
    id: string,
    entry: Entries[EntryKind],
    { latest, changes }: { readonly latest: StoredEntry | undefined; readonly changes: readonly Change[] },
  ): void {
    const known = this.#rows[kind].get(id);
    const encoded = latest?.encoded;
    if (known) {
      this.#rows[kind].set(id, { entry, encoded, before: known.before, changes: [...known.changes, ...changes] });
    } else this.#rows[kind].set(id, { entry, encoded, before: latest?.entry, changes });
    for (const change of changes) this.changes.push(change);
    this.#writes += 1;
  }

  /** What listeners are told of. `sequence`: head of the log with this batch. */
  committed(sequence: number): CommittedEntry[] {
    const entries: CommittedEntry[] = [];
    for (const kind of ['configuration', 'device'] as const) {
      for (const { before, entry: after, changes } of this.#rows[kind].values())
        entries.push({ kind, before, after, changes, sequence } as CommittedEntry);
    }
    return entries;
  }

  /** True once: whoever made the first write starts the batch on its way. */
  isFirstWrite(): boolean {
    const isFirst = !this.#isStarted;
    this.#isStarted = true;
    return isFirst;
  }

  /** Nothing may be added afterwards. */
  encode(): EncodedBatch {
    this.#encoded ??= encodeBatch(this.#rows, this.changes);
    return this.#encoded;
  }

  resolve(): void {
    this.#resolve();
  }

  reject(error: Error): void {
    this.#reject(error);
  }
}
