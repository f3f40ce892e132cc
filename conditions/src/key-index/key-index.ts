import type { Json, JsonObject } from '@muster/twin';
import type { Condition, ConditionNode, Subject } from '../language/condition.js';
import { normalize } from '../language/normalize.js';
import { pathsOf } from '../language/operands-of.js';
import { projectValue } from '../language/place.js';
import { printCondition } from '../language/print.js';
import { type AccessKey, isUnselective } from './access/access-key.js';
import { type AccessPlan, planAccess } from './access/access-plan.js';
import type { ConditionIndex } from './condition-index.js';
import type { IndexCounters } from './index-counters.js';
import type { PathSlot } from './path-trie.js';
import { PostingStore } from './posting-store.js';
import type { IndexedCondition, Posting, PostingList } from './postings/posting-list.js';
import { SubjectSamples } from './subject-samples.js';

/**
 * Returns what `ScanIndex` returns, but tests few conditions that do not match. Each condition is indexed under keys,
 * such as `device.tags.region = 'eu'`, one of which a matching subject must have. Conditions under the keys of a subject
 * are candidates: each is tested. A long posting list is refined by a second key. A condition that misses often is
 * inserted again under the keys that are rarest among recent subjects.
 *
 * The cost of `match` grows with the length of its result, that of adding and removing with the keys of the condition.
 * A condition's own test must not call the index.
 */
export class KeyIndex<Key = string> implements ConditionIndex<Key> {
  readonly #keys = new Map<Key, StoredCondition<Key>>();
  /** By canonical text. */
  readonly #byText = new Map<string, StoredCondition<Key>>();
  readonly #scanned = new Set<StoredCondition<Key>>();
  readonly #store = new PostingStore();
  readonly #samples = new SubjectSamples();
  readonly #counts = { broad: 0, never: 0, questions: 0, candidates: 0, reinserted: 0 };
  /** The slots for which the current subject has a value. */
  readonly #held: PathSlot[] = [];
  readonly #candidates: StoredCondition<Key>[] = [];
  /** Created once, because `match` runs for every device of a fleet. */
  readonly #hold = (slot: PathSlot, value: Json): void => {
    for (const place of slot.places) place.current = projectValue(place.form, value);
    this.#held.push(slot);
  };

  add(key: Key, condition: Condition): void {
    this.remove(key);
    const text = printCondition(condition.root);
    const stored = this.#byText.get(text) ?? this.#addDistinct(text, condition);
    stored.subscribers.add(key);
    this.#keys.set(key, stored);
  }

  remove(key: Key): void {
    const stored = this.#keys.get(key);
    if (!stored) return;
    this.#keys.delete(key);
    stored.subscribers.delete(key);
    if (stored.subscribers.size === 0) this.#discard(stored);
  }

  match(subject: Subject): Key[] {
    this.#begin();
    this.#store.paths.read(subject, this.#hold);
    this.#visitHeld();
    const keys: Key[] = [];
    let missed: StoredCondition<Key> | undefined;
    for (const condition of this.#candidates) {
      if (this.#examine(condition, subject)) addAll(condition.subscribers, keys);
      else if (condition.misses >= condition.missLimit) missed = condition;
    }
    for (const condition of this.#scanned) if (this.#examine(condition, subject)) addAll(condition.subscribers, keys);
    this.#samples.offer(subject);
    if (missed) this.#reinsert(missed);
    return keys;
  }

  readsReported(patch: JsonObject): boolean {
    return this.#store.paths.touches('reported', patch);
  }

  get size(): number {
    return this.#keys.size;
  }

  get counters(): IndexCounters {
    return {
      ...this.#counts,
      conditions: this.#keys.size,
      distinct: this.#byText.size,
      scanned: this.#scanned.size,
      postings: this.#store.postings,
      lists: this.#store.lists,
      paths: this.#store.paths.size,
    };
  }

  #examine(condition: IndexedCondition, subject: Subject): boolean {
    this.#counts.candidates += 1;
    const isTrue = condition.test(subject) === true;
    if (!isTrue) condition.misses += 1;
    return isTrue;
  }

  /** Forgets the previous subject. */
  #begin(): void {
    for (const slot of this.#held) {
      for (const place of slot.places) place.current = undefined;
    }
    this.#held.length = 0;
    this.#candidates.length = 0;
    this.#counts.questions += 1;
  }

  /** Visits the posting lists of the keys that the subject has. */
  #visitHeld(): void {
    for (const { places } of this.#held) {
      for (const { postings, current } of places) if (current !== undefined) postings.visit(current, this.#visitList);
    }
    for (const { postings, current } of this.#store.absentWatchers) {
      if (current === undefined) postings.visit(current, this.#visitList);
    }
  }

  readonly #visitList = (list: PostingList): void => {
    if (list.visited === this.#counts.questions) return;
    list.visited = this.#counts.questions;
    for (const { condition } of list.postings) {
      if (condition.examined === this.#counts.questions) continue;
      condition.examined = this.#counts.questions;
      // Every posting was created by #addDistinct.
      this.#candidates.push(condition as StoredCondition<Key>);
    }
    if (list.refinements)
      for (const [place, postings] of list.refinements) postings.visit(place.current, this.#visitList);
  };

  #addDistinct(text: string, { root, test }: Condition): StoredCondition<Key> {
    const { paths } = this.#store;
    const reads = pathsOf(root).map((path) => paths.open(path));
    const plan = planAccess(normalize(root), (key) => this.#store.selectivity(key));
    const asked = { test, examined: 0, misses: 0, missLimit: MISSES_MIN };
    const own = { text, root, reads, plan: plan.kind, postings: [], subscribers: new Set<Key>() };
    const stored: StoredCondition<Key> = { ...asked, ...own };
    if (plan.kind === 'keyed') stored.postings = this.#store.insert(stored, plan);
    else this.#scanned.add(stored);
    this.#byText.set(text, stored);
    this.#count(stored, 1);
    return stored;
  }

  /** Uses the keys rarest among recent subjects; at most one condition per question, so that none is slow. */
  #reinsert(stored: StoredCondition<Key>): void {
    stored.missLimit = 2 * stored.misses;
    const selectivity = (key: AccessKey) => this.#samples.selectivity(key, this.#store.selectivity(key));
    const plan = planAccess(normalize(stored.root), selectivity);
    if (plan.kind !== 'keyed') return;
    this.#count(stored, -1);
    this.#store.remove(stored.postings);
    stored.postings = this.#store.insert(stored, plan);
    this.#count(stored, 1);
    this.#counts.reinserted += 1;
  }

  #discard(stored: StoredCondition<Key>): void {
    const { paths } = this.#store;
    this.#store.remove(stored.postings);
    for (const slot of stored.reads) paths.close(slot);
    this.#byText.delete(stored.text);
    this.#scanned.delete(stored);
    this.#count(stored, -1);
  }

  #count({ plan, postings }: StoredCondition<Key>, difference: 1 | -1): void {
    if (plan === 'keyed' && postings.length === 0) this.#counts.never += difference;
    if (postings.some(({ keys: [first] }) => isUnselective(first.key))) this.#counts.broad += difference;
  }
}

/** A condition is inserted again after this many misses, and each time its misses have doubled since. */
const MISSES_MIN = 64;

/** One by one, because the number of arguments of a call is limited. */
function addAll<Key>(subscribers: ReadonlySet<Key>, keys: Key[]): void {
  for (const key of subscribers) keys.push(key);
}

interface StoredCondition<Key> extends IndexedCondition {
  readonly text: string;
  readonly root: ConditionNode;
  readonly plan: AccessPlan['kind'];
  readonly reads: readonly PathSlot[];
  postings: readonly Posting[];
  readonly subscribers: Set<Key>;
}
