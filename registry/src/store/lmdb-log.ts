import type { Database, RootDatabase } from 'lmdb';
import type { Change } from '../change.js';

/** Changes that share one row: few rows make writing cheap, small ones make reading back cheap. */
const CHANGES_PER_SEGMENT = 256;

/** The change log on LMDB: segments of changes, each under the sequence of its first. */
export class LmdbLog {
  readonly #segments: Database<string, number>;
  readonly #meta: Database<string, string>;
  #bytes: number;
  oldest: number;
  head: number;

  constructor(root: RootDatabase<string, string>) {
    this.#segments = root.openDB<string, number>({ name: 'log', encoding: 'string' });
    this.#meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
    this.#bytes = Number(this.#meta.get('log-bytes') ?? 0);
    const [first] = [...this.#segments.getKeys({ limit: 1 })];
    const [last] = [...this.#segments.getRange({ reverse: true, limit: 1 })];
    this.head = last ? lastSequence(decode(last.value)) : 0;
    this.oldest = first ?? this.head + 1;
  }

  /** Called within a transaction. */
  append(changes: readonly Change[]): void {
    let bytes = 0;
    for (let start = 0; start < changes.length; start += CHANGES_PER_SEGMENT) {
      const segment = changes.slice(start, start + CHANGES_PER_SEGMENT);
      const text = JSON.stringify(segment);
      bytes += text.length;
      this.#segments.put((segment[0] as Change).sequence, text);
    }
    if (bytes > 0) this.#meta.put('log-bytes', String(this.#bytes + bytes));
    this.#bytes += bytes;
  }

  /** The transaction is on disk: these changes may be read. */
  advance(changes: readonly Change[]): void {
    this.head = changes.at(-1)?.sequence ?? this.head;
  }

  read(after: number, limit: number): Change[] {
    const [floor] = [...this.#segments.getKeys({ start: after + 1, reverse: true, limit: 1 })];
    const changes: Change[] = [];
    for (const { value } of this.#segments.getRange({ start: floor ?? after + 1 })) {
      for (const change of decode(value)) if (change.sequence > after) changes.push(change);
      if (changes.length >= limit) break;
    }
    return changes.slice(0, limit);
  }

  /** The newest segment always stays: the head is read from it. */
  async trim({ olderThan, bytesMax }: { readonly olderThan: number; readonly bytesMax: number }): Promise<void> {
    const segments = [...this.#segments.getRange({})].slice(0, -1);
    let bytes = this.#bytes;
    const due: number[] = [];
    for (const { key, value } of segments) {
      if (bytes <= bytesMax && newest(decode(value)) >= olderThan) break;
      bytes -= value.length;
      due.push(key);
    }
    await this.#drop(due, this.#bytes - bytes);
  }

  async #drop(keys: readonly number[], bytes: number): Promise<void> {
    if (keys.length === 0) return;
    this.#bytes -= bytes;
    for (const key of keys) this.#segments.remove(key);
    await this.#meta.put('log-bytes', String(this.#bytes));
    const [first] = [...this.#segments.getKeys({ limit: 1 })];
    this.oldest = first ?? this.head + 1;
  }
}

function decode(text: string): readonly Change[] {
  return JSON.parse(text) as readonly Change[];
}

function lastSequence(changes: readonly Change[]): number {
  return changes.at(-1)?.sequence ?? 0;
}

function newest(changes: readonly Change[]): number {
  return Date.parse(changes.at(-1)?.data.at ?? '');
}
