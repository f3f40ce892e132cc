/** Why a device is queued. `resync` means that every other signal missed it. */
export type Cause = 'change' | 'start' | 'resync';

export interface Task {
  readonly id: string;
  readonly cause: Cause;
}

/**
 * Device ids that wait to be reconciled. It carries ids only: the worker reads the newest record.
 *
 * - An id waits at most once. Adding it again while it waits may only move it forward.
 * - An id may be added again as soon as it was taken.
 * - Urgent ids (of connected devices) leave before the others, and each kind in the order it came.
 */
export class WorkQueue {
  readonly #urgent = new Lane();
  readonly #other = new Lane();

  get size(): number {
    return this.#urgent.size + this.#other.size;
  }

  add(id: string, cause: Cause, isUrgent: boolean): void {
    const known = this.#urgent.get(id) ?? this.#other.get(id);
    const kept = known === undefined || known === 'resync' ? cause : known;
    if (isUrgent) this.#other.delete(id);
    const lane = isUrgent || this.#urgent.get(id) !== undefined ? this.#urgent : this.#other;
    lane.set(id, kept);
  }

  /** Makes a waiting id urgent. */
  bringForward(id: string): void {
    const cause = this.#other.get(id);
    if (cause !== undefined) this.add(id, cause, true);
  }

  /** The ids that are taken next, at most `count`. */
  next(count: number): readonly string[] {
    const urgent = this.#urgent.next(count);
    return urgent.length < count ? [...urgent, ...this.#other.next(count - urgent.length)] : urgent;
  }

  take(): Task | undefined {
    return this.#urgent.take() ?? this.#other.take();
  }
}

/** Ids in the order they came. */
class Lane {
  readonly #causes = new Map<string, Cause>();
  /** One iterator is kept: a new one would step over every deleted entry. */
  #walk = this.#causes.entries();

  get size(): number {
    return this.#causes.size;
  }

  get(id: string): Cause | undefined {
    return this.#causes.size === 0 ? undefined : this.#causes.get(id);
  }

  set(id: string, cause: Cause): void {
    this.#causes.set(id, cause);
  }

  delete(id: string): void {
    this.#causes.delete(id);
  }

  next(count: number): string[] {
    const ids: string[] = [];
    for (const id of this.#causes.keys()) {
      if (ids.length >= count) break;
      ids.push(id);
    }
    return ids;
  }

  take(): Task | undefined {
    if (this.#causes.size === 0) return undefined;
    const next = this.#walk.next();
    if (next.done) {
      this.#walk = this.#causes.entries();
      return this.take();
    }
    const [id, cause] = next.value;
    this.#causes.delete(id);
    return { id, cause };
  }
}
