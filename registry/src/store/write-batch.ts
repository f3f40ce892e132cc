import type { Change } from '../change.js';
import type { Entries, EntryKind } from '../store.js';
import { type EncodedBatch, encodeBatch } from './encode-batch.js';
import type { EncodedDevice } from './encoded-device.js';
import type { StoredEntry } from './stored-entry.js';

const ENTRIES_MAX = 512;
const CHANGES_MAX = 4_096;

/** Writes that go to disk together. An entry that changes twice meanwhile is written once. */
export class WriteBatch {
  readonly durable: Promise<void>;
  readonly changes: Change[] = [];
  readonly #rows: Readonly<Record<EntryKind, Map<string, StoredEntry>>> = {
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
    return this.#rows.device.size >= ENTRIES_MAX || this.changes.length >= CHANGES_MAX;
  }

  get(kind: EntryKind, id: string): StoredEntry | undefined {
    return this.#rows[kind].get(id);
  }

  /** `before`: what the entry was when it was read or written last, as text. */
  put(kind: EntryKind, id: string, entry: Entries[EntryKind], before: EncodedDevice | undefined): void {
    this.#rows[kind].set(id, { entry, encoded: before });
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
