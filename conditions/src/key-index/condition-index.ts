import type { JsonObject } from '@muster/twin';
import type { Condition, Subject } from '../language/condition.js';

/** Many conditions, asked all at once about one subject. However it is built, it answers as `ScanIndex` does. */
export interface ConditionIndex<Key = string> {
  /** A key that is there already gets the new condition. */
  add(key: Key, condition: Condition): void;
  /** A key that is not there is ignored. */
  remove(key: Key): void;
  /** Keys of all conditions that are TRUE for the subject, each once, in no order that means anything. */
  match(subject: Subject): Key[];
  /**
   * Whether any stored condition reads a path that this merge patch of `reported` may have touched. A path is
   * touched when it is a prefix of a leaf of the patch, or the leaf is a prefix of it.
   */
  readsReported(patch: JsonObject): boolean;
  readonly size: number;
}
