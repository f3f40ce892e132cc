import type { Change, NewChange } from '../change.js';

/** How many of the newest changes stay in memory, so that followers do not read back what was just written. */
const TAIL_CHANGES_MAX = 20_000;

/** The newest changes in memory, for any store. */
export class ChangeTail {
  #changes: Change[] = [];

  push(changes: readonly Change[]): void {
    for (const change of changes) this.#changes.push(change);
    if (this.#changes.length > 2 * TAIL_CHANGES_MAX) this.#changes = this.#changes.slice(-TAIL_CHANGES_MAX);
  }

  /** The changes above `after`, or undefined when the tail does not reach back that far. */
  since(after: number, limit: number): readonly Change[] | undefined {
    const first = this.#changes[0];
    if (!first || after < first.sequence - 1) return undefined;
    const start = after - first.sequence + 1;
    return this.#changes.slice(start, start + limit);
  }
}

/** Gives the changes their places in the log. */
export function numbered(changes: readonly NewChange[], head: number): Change[] {
  return changes.map((change, index) => ({ ...change, sequence: head + 1 + index }));
}
