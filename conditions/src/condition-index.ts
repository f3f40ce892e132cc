import type { JsonObject } from '@muster/twin';
import type { Condition, Subject } from './condition.js';

/** Many conditions, asked all at once about one subject. However it is built, it answers as `ScanIndex` does. */
export interface ConditionIndex<Key = string> {
  /** A key that is there already gets the new condition. */
  add(key: Key, condition: Condition): void;
  /** A key that is not there is ignored. */
  remove(key: Key): void;
  /** Keys of all conditions that are TRUE for the subject, each once, in no order that means anything. */
  match(subject: Subject): Key[];
  /** What `match` answers for one state of a subject and not for the other. */
  changed(before: Subject, after: Subject): MatchChange<Key>;
  /**
   * Whether any stored condition reads a path that this merge patch of `reported` may have touched. A path is
   * touched when it is a prefix of a leaf of the patch, or the leaf is a prefix of it.
   */
  readsReported(patch: JsonObject): boolean;
  readonly size: number;
}

/** Each key once, in no order that means anything. */
export interface MatchChange<Key = string> {
  /** Keys of the conditions that were not TRUE and are. */
  readonly entered: readonly Key[];
  /** Keys of the conditions that were TRUE and are not. */
  readonly left: readonly Key[];
}
