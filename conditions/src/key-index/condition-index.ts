import type { JsonObject } from '@muster/twin';
import type { Condition, Subject } from '../language/condition.js';

/** Finds which of many conditions are TRUE of a subject. Every implementation returns what `ScanIndex` returns. */
export interface ConditionIndex<Key = string> {
  /** Replaces the condition of a key that exists. */
  add(key: Key, condition: Condition): void;
  /** Ignores an unknown key. */
  remove(key: Key): void;
  /** Returns the keys of all conditions that are TRUE of the subject, each once, in no particular order. */
  match(subject: Subject): Key[];
  /**
   * Reports whether a condition reads a path that this merge patch of `reported` may change. It may if the path is a
   * prefix of a leaf of the patch, or the leaf is a prefix of the path.
   */
  readsReported(patch: JsonObject): boolean;
  readonly size: number;
}
