const SECOND_MS = 1_000;

/** Ids with due times, to the second. An id may be due several times: a visit in vain does no harm. */
export class DueTimes {
  readonly #seconds = new Map<number, Set<string>>();

  /** `atMs` is elapsed time. Never early, at most a second late. */
  add(id: string, atMs: number): void {
    const second = Math.ceil(atMs / SECOND_MS);
    const due = this.#seconds.get(second) ?? new Set();
    this.#seconds.set(second, due.add(id));
  }

  /** Undefined: nothing is due. */
  get nextAtMs(): number | undefined {
    let next: number | undefined;
    for (const second of this.#seconds.keys()) if (next === undefined || second < next) next = second;
    return next === undefined ? undefined : next * SECOND_MS;
  }

  /** Takes the due ids. There may be a whole fleet of them, so the walk may pause. */
  *take(nowMs: number): Generator<string, void, undefined> {
    for (const [second, ids] of this.#seconds) {
      if (second * SECOND_MS > nowMs) continue;
      this.#seconds.delete(second);
      yield* ids;
    }
  }
}
