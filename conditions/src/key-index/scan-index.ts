import { type JsonObject, leafPaths } from '@muster/twin';
import type { Condition, Subject } from '../language/condition.js';
import type { ConditionIndex } from './condition-index.js';

/** Tests every condition. Slow with thousands, and the oracle of every faster index. */
export class ScanIndex<Key = string> implements ConditionIndex<Key> {
  readonly #conditions = new Map<Key, Condition>();
  /** The paths below `reported` that conditions read, with the number of readers. */
  readonly #reported = new Map<string, { readonly path: readonly string[]; readers: number }>();

  add(key: Key, condition: Condition): void {
    this.remove(key);
    this.#conditions.set(key, condition);
    for (const [text, path] of reportedPaths(condition)) {
      const known = this.#reported.get(text);
      if (known) known.readers += 1;
      else this.#reported.set(text, { path, readers: 1 });
    }
  }

  remove(key: Key): void {
    const condition = this.#conditions.get(key);
    if (!condition) return;
    this.#conditions.delete(key);
    for (const [text] of reportedPaths(condition)) {
      const known = this.#reported.get(text);
      if (known && known.readers > 1) known.readers -= 1;
      else this.#reported.delete(text);
    }
  }

  match(subject: Subject): Key[] {
    const keys: Key[] = [];
    for (const [key, condition] of this.#conditions) if (condition.test(subject) === true) keys.push(key);
    return keys;
  }

  /** Checks each path once, however many conditions read it: this runs for every report of every device. */
  readsReported(patch: JsonObject): boolean {
    if (this.#reported.size === 0) return false;
    const touched = leafPaths(patch).map((path) => ['reported', ...path]);
    for (const { path } of this.#reported.values()) {
      if (touched.some((other) => haveSameBeginning(path, other))) return true;
    }
    return false;
  }

  get size(): number {
    return this.#conditions.size;
  }
}

/** Each path once, by a unique text. */
function reportedPaths({ paths }: Condition): Map<string, readonly string[]> {
  const reported = paths.filter(([root]) => root === 'reported');
  return new Map(reported.map((path) => [JSON.stringify(path), path]));
}

/** Reports whether one of the two is a prefix of the other. */
function haveSameBeginning(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}
