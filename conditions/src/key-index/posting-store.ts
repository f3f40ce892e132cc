import type { AccessKey } from './access/access-key.js';
import type { AccessEntry, KeyedPlan } from './access/access-plan.js';
import { estimateShare, NOTHING_FILED } from './access/selectivity.js';
import { closePlace, openPlace, PathTrie } from './path-trie.js';
import type { PlaceReading } from './postings/indexed-place.js';
import { type FilingDesk, file, unfile } from './postings/insert-posting.js';
import type { FiledCondition, Filing, PlacedKey } from './postings/posting-list.js';

/** Conditions filed under the keys of their plans, at the places of the paths that they read. */
export class KeyFiles {
  readonly paths = new PathTrie();
  /** Places with conditions that wait for nothing to be there. */
  readonly awaited = new Set<PlaceReading>();
  readonly #desk: FilingDesk = { share: (key) => this.share(key), lists: 0 };
  #filings = 0;

  get filings(): number {
    return this.#filings;
  }

  get lists(): number {
    return this.#desk.lists;
  }

  /** The paths of the condition must be open. */
  file(condition: FiledCondition, { entries }: KeyedPlan): Filing[] {
    return entries.map((entry) => {
      const [first, ...others] = this.#open(entry);
      const filing: Filing = { condition, keys: [first, ...others], depth: 0, position: 0 };
      file(filing, this.#desk);
      this.#count(first, 1);
      return filing;
    });
  }

  unfile(filings: readonly Filing[]): void {
    for (const filing of filings) {
      unfile(filing, this.#desk);
      this.#count(filing.keys[0], -1);
      for (const { key } of filing.keys) this.#close(key);
    }
  }

  share(key: AccessKey): number {
    const place = this.#placeOf(key);
    if (!place) return estimateShare(key, NOTHING_FILED);
    const underKey = place.postings.find(key)?.count ?? 0;
    return estimateShare(key, { underKey, underKind: place.filedUnder(key.kind) });
  }

  #open([first, ...others]: AccessEntry): [PlacedKey, ...PlacedKey[]] {
    return [this.#openKey(first), ...others.map((key) => this.#openKey(key))];
  }

  #openKey(key: AccessKey): PlacedKey {
    const slot = this.paths.find(key.place.path);
    if (!slot) throw new Error('a key is about a path that its condition reads');
    return { key, reading: openPlace(slot, key.place.form) };
  }

  #close({ place: { path, form } }: AccessKey): void {
    const slot = this.paths.find(path);
    if (slot) closePlace(slot, form);
  }

  #placeOf({ place: { path, form } }: AccessKey): PlaceReading | undefined {
    return this.paths.find(path)?.places.find((place) => place.form === form);
  }

  #count({ key }: PlacedKey, difference: 1 | -1): void {
    this.#filings += difference;
    const place = this.#placeOf(key);
    if (!place) return;
    place.count(key.kind, difference);
    if (key.kind !== 'absent') return;
    if (place.filedUnder('absent') > 0) this.awaited.add(place);
    else this.awaited.delete(place);
  }
}
