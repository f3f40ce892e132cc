import type { Json, JsonObject } from '@muster/twin';
import { type AccessKey, isNearlyAll } from './access-key.js';
import { type AccessPlan, planAccess } from './access-keys.js';
import type { Condition, ConditionNode, Subject } from './condition.js';
import type { ConditionIndex, MatchChange } from './condition-index.js';
import type { IndexCounters } from './index-counters.js';
import { KeyFiles } from './key-files.js';
import { normalize } from './normalize.js';
import { pathsOf } from './operands-of.js';
import type { PathSlot } from './path-trie.js';
import type { PlaceReading } from './place-reading.js';
import type { FiledCondition, Filing, PostingList } from './postings/posting-list.js';
import { printCondition } from './print.js';
import { SubjectSamples } from './subject-samples.js';

/**
 * Answers as `ScanIndex` does, but asks few conditions that are not TRUE: each is filed under keys one of which a
 * subject must have for it to be TRUE, such as `device.tags.region = 'eu'`, and what is filed under the keys of a
 * subject is asked itself, never believed. Where many are filed under one key they are told apart by a second; what
 * is asked in vain again and again is filed anew, under the keys that the fewest of the subjects seen lately have.
 *
 * `match` costs about as much as the answer is long. `changed` does not ask conditions that read nothing of what
 * changed; of a thousand thresholds on one path it asks those between the old value and the new. Adding and
 * removing cost as much as the keys of the condition. Not to be asked from within a condition's own test.
 */
export class KeyIndex<Key = string> implements ConditionIndex<Key> {
  readonly #keys = new Map<Key, StoredCondition<Key>>();
  /** By canonical text. */
  readonly #byText = new Map<string, StoredCondition<Key>>();
  readonly #stored = new Map<FiledCondition, StoredCondition<Key>>();
  readonly #scanned = new Set<FiledCondition>();
  readonly #files = new KeyFiles();
  readonly #samples = new SubjectSamples();
  readonly #counts = { broad: 0, never: 0, questions: 0, candidates: 0, refiled: 0 };
  /** The slots that the subject in question holds something for, or did before. */
  #held: PathSlot[] = [];
  #candidates: FiledCondition[] = [];
  #walk = 0;

  add(key: Key, condition: Condition): void {
    this.remove(key);
    const text = printCondition(condition.root);
    const stored = this.#byText.get(text) ?? this.#store(text, condition);
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
    this.#files.paths.read(subject, (slot, value) => this.#hold(slot, value));
    this.#visitHeld(({ value }) => value, true);
    const keys: Key[] = [];
    let missed: FiledCondition | undefined;
    for (const condition of this.#candidates) {
      if (this.#examine(condition, subject)) this.#subscribe(condition, keys);
      else if (condition.misses >= condition.patience) missed = condition;
    }
    for (const condition of this.#scanned) if (this.#examine(condition, subject)) this.#subscribe(condition, keys);
    this.#samples.offer(subject);
    if (missed) this.#refile(missed);
    return keys;
  }

  changed(before: Subject, after: Subject): MatchChange<Key> {
    this.#begin();
    const changed = this.#compare(before, after);
    const change = { entered: [] as Key[], left: [] as Key[] };
    if (changed.length === 0) return change;
    this.#visitHeld((slot) => slot.before, false);
    this.#visitHeld((slot) => slot.value, false);
    this.#visitFlips(changed);
    for (const condition of [...this.#candidates, ...this.#scanned]) {
      if (!condition.reads.some((slot) => slot.changed === this.#counts.questions)) continue;
      const holds = this.#examine(condition, after);
      if (holds !== (condition.test(before) === true)) this.#subscribe(condition, holds ? change.entered : change.left);
    }
    return change;
  }

  readsReported(patch: JsonObject): boolean {
    return this.#files.paths.touches('reported', patch);
  }

  get size(): number {
    return this.#keys.size;
  }

  get counters(): IndexCounters {
    return {
      ...this.#counts,
      conditions: this.#keys.size,
      distinct: this.#stored.size,
      scanned: this.#scanned.size,
      filings: this.#files.filings,
      paths: this.#files.paths.size,
    };
  }

  #examine(condition: FiledCondition, subject: Subject): boolean {
    this.#counts.candidates += 1;
    const isTrue = condition.test(subject) === true;
    if (!isTrue) condition.misses += 1;
    return isTrue;
  }

  #subscribe(condition: FiledCondition, keys: Key[]): void {
    for (const key of this.#stored.get(condition)?.subscribers ?? []) keys.push(key);
  }

  /** A new question: nothing is known of its subject. */
  #begin(): void {
    for (const slot of this.#held) {
      slot.value = undefined;
      slot.before = undefined;
      for (const place of slot.places) place.current = undefined;
    }
    this.#held = [];
    this.#candidates = [];
    this.#counts.questions += 1;
  }

  #hold(slot: PathSlot, value: Json): void {
    slot.value = value;
    this.#held.push(slot);
  }

  /** Reads both; answers the slots that differ. Arrays and objects differ unless they are the same one. */
  #compare(before: Subject, after: Subject): PathSlot[] {
    this.#files.paths.read(before, (slot, value) => {
      slot.before = value;
      this.#held.push(slot);
    });
    this.#files.paths.read(after, (slot, value) => {
      slot.value = value;
      if (slot.before === undefined) this.#held.push(slot);
    });
    const changed = this.#held.filter((slot) => slot.before !== slot.value);
    for (const slot of changed) slot.changed = this.#counts.questions;
    return changed;
  }

  /** What is filed under the keys of one state of the subject. */
  #visitHeld(read: (slot: PathSlot) => Json | undefined, withExact: boolean): void {
    this.#walk += 1;
    for (const slot of this.#held) {
      const value = read(slot);
      for (const place of slot.places) place.current = place.take(value);
    }
    for (const { places } of this.#held) {
      for (const place of places) if (place.current !== undefined) this.#visitPlace(place, withExact);
    }
    for (const place of this.#files.awaited) if (place.current === undefined) this.#visitPlace(place, withExact);
  }

  #visitPlace({ guarded, exact, current }: PlaceReading, withExact: boolean): void {
    guarded.visit(current, this.#see);
    if (withExact) exact.visit(current, this.#see);
  }

  /** What is just one key changes only if that key comes or goes. */
  #visitFlips(changed: readonly PathSlot[]): void {
    this.#walk += 1;
    for (const { places, before, value } of changed) {
      for (const place of places) place.exact.visitFlips(place.take(before), place.take(value), this.#see);
    }
  }

  readonly #see = (list: PostingList): void => {
    if (list.walk === this.#walk) return;
    list.walk = this.#walk;
    for (const { condition } of list.filings) {
      if (condition.examined === this.#counts.questions) continue;
      condition.examined = this.#counts.questions;
      this.#candidates.push(condition);
    }
    if (list.finer) for (const [reading, postings] of list.finer) postings.visit(reading.current, this.#see);
  };

  #store(text: string, { root, test }: Condition): StoredCondition<Key> {
    const { paths } = this.#files;
    const slots = pathsOf(root).map((path) => paths.open(path));
    const plan = planAccess(normalize(root), (key) => this.#files.share(key));
    const condition: FiledCondition = { test, reads: slots, examined: 0, misses: 0, patience: MISSES_MIN };
    const filings = plan.kind === 'keyed' ? this.#files.file(condition, plan) : [];
    const stored = { text, root, condition, plan: plan.kind, slots, filings, subscribers: new Set<Key>() };
    this.#byText.set(text, stored);
    this.#stored.set(condition, stored);
    if (plan.kind === 'scanned') this.#scanned.add(condition);
    this.#count(stored, 1);
    return stored;
  }

  /** Under the keys that the fewest of the subjects asked about lately have. One a question, so that none is slow. */
  #refile(condition: FiledCondition): void {
    condition.patience = 2 * condition.misses;
    const stored = this.#stored.get(condition);
    if (!stored) return;
    const share = (key: AccessKey) => this.#samples.share(key, this.#files.share(key));
    const plan = planAccess(normalize(stored.root), share);
    if (plan.kind !== 'keyed') return;
    this.#count(stored, -1);
    this.#files.unfile(stored.filings);
    stored.filings = this.#files.file(condition, plan);
    this.#count(stored, 1);
    this.#counts.refiled += 1;
  }

  #discard(stored: StoredCondition<Key>): void {
    const { paths } = this.#files;
    this.#files.unfile(stored.filings);
    for (const slot of stored.slots) paths.close(slot);
    this.#byText.delete(stored.text);
    this.#stored.delete(stored.condition);
    this.#scanned.delete(stored.condition);
    this.#count(stored, -1);
  }

  #count({ plan, filings }: StoredCondition<Key>, difference: 1 | -1): void {
    if (plan === 'keyed' && filings.length === 0) this.#counts.never += difference;
    if (filings.some(({ keys: [first] }) => isNearlyAll(first.key))) this.#counts.broad += difference;
  }
}

/** A condition is filed anew after so many misses, and whenever they have doubled since. */
const MISSES_MIN = 64;

interface StoredCondition<Key> {
  readonly text: string;
  readonly condition: FiledCondition;
  readonly root: ConditionNode;
  readonly plan: AccessPlan['kind'];
  readonly slots: readonly PathSlot[];
  filings: readonly Filing[];
  readonly subscribers: Set<Key>;
}
