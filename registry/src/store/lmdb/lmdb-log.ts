import type { Database, RootDatabase } from 'lmdb';
import type { Change } from '../../log/change.js';
import { ChangeEncoder } from '../../log/encode-change.js';

/** Changes in one row: few rows make writes cheap, small rows make reads cheap. */
const CHANGES_PER_SEGMENT = 256;

/** Bytes of the log read before other work gets a turn. */
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

  /** Rows may be visible just before `advance` is called. They are not returned until then. */
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

  /**
   * Returns the segments to drop next, or undefined if none is due. The newest segment stays: the head is read from it.
   */
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

  /** Moves `oldest` before the rows are dropped, or readers would miss them without notice. */
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
