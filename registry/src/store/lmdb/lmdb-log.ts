import type { Database, RootDatabase } from 'lmdb';
import type { Change } from '../../log/change.js';
import { ChangeEncoder } from '../../log/encode-change.js';

/** Changes that share one row: few rows make writing cheap, small ones make reading back cheap. */
const CHANGES_PER_SEGMENT = 256;

/** How much of the log is looked at before others get their turn. */
const TRIM_SLICE_BYTES = 1024 * 1024;

/** A row of the log: the sequence of its first change, and its changes as text. */
export interface Segment {
  readonly key: number;
  readonly text: string;
  readonly bytes: number;
}

/** The oldest segments, to be dropped in one transaction. */
export interface TrimSlice {
  readonly keys: readonly number[];
  readonly bytes: number;
}

/** The change log on LMDB: segments of changes, each under the sequence of its first. */
export class LmdbLog {
  readonly #segments: Database<string, number>;
  readonly #meta: Database<string, string>;
  #bytes: number;
  #newestKey: number;
  oldest: number;
  head: number;

  constructor(root: RootDatabase<string, string>) {
    this.#segments = root.openDB<string, number>({ name: 'log', encoding: 'string' });
    this.#meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
    this.#bytes = Number(this.#meta.get('log-bytes') ?? 0);
    const [first] = [...this.#segments.getKeys({ limit: 1 })];
    const [last] = [...this.#segments.getRange({ reverse: true, limit: 1 })];
    this.head = last ? lastOf(last.value).sequence : 0;
    this.oldest = first ?? this.head + 1;
    this.#newestKey = last?.key ?? 0;
  }

  /** Called within a transaction. */
  append(segments: readonly Segment[]): void {
    if (segments.length === 0) return;
    for (const { key, text, bytes } of segments) {
      this.#segments.put(key, text);
      this.#bytes += bytes;
    }
    this.#meta.put('log-bytes', String(this.#bytes));
  }

  /** The transaction is on disk: these changes may be read. */
  advance(changes: readonly Change[], segments: readonly Segment[]): void {
    this.head = changes.at(-1)?.sequence ?? this.head;
    this.#newestKey = segments.at(-1)?.key ?? this.#newestKey;
  }

  /** Rows appear as soon as they are on disk, which may be a moment before `advance` says so: until then they wait. */
  read(after: number, limit: number): Change[] {
    const [floor] = [...this.#segments.getKeys({ start: after + 1, reverse: true, limit: 1 })];
    const changes: Change[] = [];
    for (const { value } of this.#segments.getRange({ start: floor ?? after + 1 })) {
      const segment = decode(value);
      changes.push(...segment.filter(({ sequence }) => sequence > after && sequence <= this.head));
      if (changes.length >= limit) break;
    }
    return changes.slice(0, limit);
  }

  /** What to drop next, never the newest segment: the head is read from it. Undefined when nothing is due. */
  trimSlice({ olderThan, bytesMax }: { readonly olderThan: number; readonly bytesMax: number }): TrimSlice | undefined {
    const keys: number[] = [];
    let bytes = 0;
    for (const { key, value } of this.#segments.getRange({ end: this.#newestKey })) {
      const isDue = this.#bytes - bytes > bytesMax || Date.parse(lastOf(value).data.at) < olderThan;
      if (!isDue) break;
      keys.push(key);
      bytes += Buffer.byteLength(value);
      if (bytes >= TRIM_SLICE_BYTES) break;
    }
    return keys.length === 0 ? undefined : { keys, bytes };
  }

  /** Readers must know that the rows are gone before they are, or they would miss them without being told. */
  retire({ keys }: TrimSlice): void {
    const [next] = [...this.#segments.getKeys({ start: (keys.at(-1) ?? 0) + 1, limit: 1 })];
    this.oldest = next ?? this.#newestKey;
  }

  /** Called within a transaction. */
  drop({ keys, bytes }: TrimSlice): void {
    for (const key of keys) this.#segments.remove(key);
    this.#bytes -= bytes;
    this.#meta.put('log-bytes', String(this.#bytes));
  }
}

export function segmentsOf(changes: readonly Change[]): Segment[] {
  const segments: Segment[] = [];
  const encoder = new ChangeEncoder();
  for (let start = 0; start < changes.length; start += CHANGES_PER_SEGMENT) {
    const text = `[${changes
      .slice(start, start + CHANGES_PER_SEGMENT)
      .map((change) => encoder.encode(change))
      .join()}]`;
    segments.push({ key: (changes[start] as Change).sequence, text, bytes: Buffer.byteLength(text) });
  }
  return segments;
}

function decode(text: string): readonly Change[] {
  return JSON.parse(text) as readonly Change[];
}

function lastOf(text: string): Change {
  return decode(text).at(-1) as Change;
}
