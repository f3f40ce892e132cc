import type { AccessKey } from './access/access-key.js';
import type { AccessEntry, KeyedPlan } from './access/access-plan.js';
import { estimateSelectivity, NO_POSTINGS } from './access/selectivity.js';
import { closePlace, openPlace, PathTrie } from './path-trie.js';
import type { IndexedPlace } from './postings/indexed-place.js';
import { type InsertionContext, insertPosting, removePosting } from './postings/insert-posting.js';
import type { IndexedCondition, PlacedKey, Posting } from './postings/posting-list.js';

/** The postings of all conditions, by the keys of their plans at the places that they read. */
export class PostingStore {
  readonly paths = new PathTrie();
  /** Places with postings for a missing value. */
  readonly absentWatchers = new Set<IndexedPlace>();
  readonly #context: InsertionContext = { selectivity: (key) => this.selectivity(key), lists: 0 };
  #postings = 0;

  get postings(): number {
    return this.#postings;
  }

  get lists(): number {
    return this.#context.lists;
  }

  /** The paths of the condition must be open. */
  insert(condition: IndexedCondition, { entries }: KeyedPlan): Posting[] {
    return entries.map((entry) => {
      const [first, ...others] = this.#open(entry);
      const posting: Posting = { condition, keys: [first, ...others], depth: 0, position: 0 };
      insertPosting(posting, this.#context);
      this.#count(first, 1);
      return posting;
    });
  }

  remove(postings: readonly Posting[]): void {
    for (const posting of postings) {
      removePosting(posting, this.#context);
      this.#count(posting.keys[0], -1);
      for (const { key } of posting.keys) this.#close(key);
    }
  }

  selectivity(key: AccessKey): number {
    const place = this.#placeOf(key);
    if (!place) return estimateSelectivity(key, NO_POSTINGS);
    const ofKey = place.postings.find(key)?.count ?? 0;
    return estimateSelectivity(key, { ofKey, ofKind: place.postingCount(key.kind) });
  }

  #open([first, ...others]: AccessEntry): [PlacedKey, ...PlacedKey[]] {
    return [this.#openKey(first), ...others.map((key) => this.#openKey(key))];
  }

  #openKey(key: AccessKey): PlacedKey {
    const slot = this.paths.find(key.place.path);
    if (!slot) throw new Error('no open path for a key of the condition');
    return { key, place: openPlace(slot, key.place.form) };
  }

  #close({ place: { path, form } }: AccessKey): void {
    const slot = this.paths.find(path);
    if (slot) closePlace(slot, form);
  }

  #placeOf({ place: { path, form } }: AccessKey): IndexedPlace | undefined {
    return this.paths.find(path)?.places.find((place) => place.form === form);
  }

  #count({ key }: PlacedKey, difference: 1 | -1): void {
    this.#postings += difference;
    const place = this.#placeOf(key);
    if (!place) return;
    place.count(key.kind, difference);
    if (key.kind !== 'absent') return;
    if (place.postingCount('absent') > 0) this.absentWatchers.add(place);
    else this.absentWatchers.delete(place);
  }
}
