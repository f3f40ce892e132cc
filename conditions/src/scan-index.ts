import { type JsonObject, leafPaths } from '@muster/twin';
import type { Condition, Subject } from './condition.js';
import type { ConditionIndex } from './condition-index.js';

/** Asks each condition. Complete, and slow with thousands: the oracle of every index that is not. */
export class ScanIndex<Key = string> implements ConditionIndex<Key> {
  readonly #conditions = new Map<Key, Condition>();

  add(key: Key, condition: Condition): void {
    this.#conditions.set(key, condition);
  }

  remove(key: Key): void {
    this.#conditions.delete(key);
  }

  match(subject: Subject): Key[] {
    const keys: Key[] = [];
    for (const [key, condition] of this.#conditions) if (condition.test(subject) === true) keys.push(key);
    return keys;
  }

  readsReported(patch: JsonObject): boolean {
    const touched = leafPaths(patch).map((path) => ['reported', ...path]);
    if (touched.length === 0) return false;
    for (const { paths } of this.#conditions.values()) {
      if (paths.some((path) => touched.some((other) => haveSameBeginning(path, other)))) return true;
    }
    return false;
  }

  get size(): number {
    return this.#conditions.size;
  }
}

/** One of the two is a prefix of the other. */
function haveSameBeginning(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}
