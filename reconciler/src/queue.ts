/** Why a device is looked at. What only a sweep led to was missed by everything else. */
export type Cause = 'change' | 'start' | 'sweep';

export interface Task {
  readonly id: string;
  readonly cause: Cause;
}

/**
 * Device ids that wait to be reconciled. It carries ids only: who takes one reads the truth.
 *
 * - An id waits at most once; adding it again while it waits changes nothing but may bring it forward.
 * - An id may be added again as soon as it was taken.
 * - Urgent ids (of connected devices) leave before the others; within each kind in the order they came.
 */
export class Queue {
  readonly #urgent = new Map<string, Cause>();
  readonly #other = new Map<string, Cause>();

  get size(): number {
    return this.#urgent.size + this.#other.size;
  }

  add(id: string, cause: Cause, isUrgent: boolean): void {
    const known = this.#urgent.get(id) ?? this.#other.get(id);
    const kept = known === undefined || known === 'sweep' ? cause : known;
    if (isUrgent) this.#other.delete(id);
    const list = isUrgent || this.#urgent.has(id) ? this.#urgent : this.#other;
    list.set(id, kept);
  }

  /** Makes an id urgent if it waits. */
  bringForward(id: string): void {
    const cause = this.#other.get(id);
    if (cause !== undefined) this.add(id, cause, true);
  }

  take(): Task | undefined {
    return takeFirst(this.#urgent) ?? takeFirst(this.#other);
  }
}

function takeFirst(list: Map<string, Cause>): Task | undefined {
  for (const [id, cause] of list) {
    list.delete(id);
    return { id, cause };
  }
  return undefined;
}
