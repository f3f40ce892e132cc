import type { Change, NewChange } from './change.js';

/** Bounds of the changes kept in memory, so that followers do not read new changes back from disk. */
const TAIL_CHANGES_MAX = 20_000;
const TAIL_BYTES_MAX = 32 * 1024 * 1024;

interface Bounds {
  readonly changesMax: number;
  readonly bytesMax: number;
}

/** The newest changes, in memory. */
export class ChangeTail {
  readonly #bounds: Bounds;
  #changes: Change[] = [];
  #pushes: { readonly count: number; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(bounds: Bounds = { changesMax: TAIL_CHANGES_MAX, bytesMax: TAIL_BYTES_MAX }) {
    this.#bounds = bounds;
  }

  push(changes: readonly Change[], bytes: number): void {
    if (changes.length === 0) return;
    for (const change of changes) this.#changes.push(change);
    this.#pushes.push({ count: changes.length, bytes });
    this.#bytes += bytes;
    if (this.#exceeds(this.#changes.length, 2)) this.#shrink();
  }

  /** Returns the changes above `after`, or undefined if the tail begins later. */
  since(after: number, limit: number): readonly Change[] | undefined {
    const first = this.#changes[0];
    if (!first || after < first.sequence - 1) return undefined;
    const start = after - first.sequence + 1;
    return this.#changes.slice(start, start + limit);
  }

  // Called beyond twice the bounds, so that many pushes share the cost of one copy.
  #shrink(): void {
    let [pushes, count] = [0, this.#changes.length];
    while (this.#exceeds(count, 1)) {
      const { count: fewer, bytes } = this.#pushes[pushes] as { count: number; bytes: number };
      pushes += 1;
      count -= fewer;
      this.#bytes -= bytes;
    }
    this.#pushes = this.#pushes.slice(pushes);
    this.#changes = count === 0 ? [] : this.#changes.slice(-count);
  }

  #exceeds(count: number, times: number): boolean {
    return count > times * this.#bounds.changesMax || this.#bytes > times * this.#bounds.bytesMax;
  }
}

/**
 * Numbers the changes in place, which saves a copy of each: they were made for this commit, and no other code holds
 * them.
 */
export function numbered(changes: readonly NewChange[], head: number): Change[] {
  const placed = changes as (NewChange & { sequence: number })[];
  for (const [index, change] of placed.entries()) change.sequence = head + 1 + index;
  return placed;
}

export interface TrimBounds {
  /** Milliseconds since 1970. */
  readonly olderThan: number;
  readonly bytesMax: number;
}

/** Returns the log without its oldest changes beyond the bounds. The newest change always stays. */
export function trimmed(log: readonly Change[], { olderThan, bytesMax }: TrimBounds): Change[] {
  const sizes = log.map((change) => Buffer.byteLength(JSON.stringify(change)));
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  const keep = log.findIndex((change, index) => {
    const isDue = bytes > bytesMax || Date.parse(change.data.at) < olderThan;
    bytes -= sizes[index] ?? 0;
    return !isDue;
  });
  return keep < 0 ? log.slice(-1) : log.slice(keep);
}
