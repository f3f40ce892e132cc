import type { Json } from '@muster/twin';
import type { PlaceForm } from '../../language/place.js';
import type { AccessKeyKind } from '../access/access-key.js';
import { KeyPostings } from './key-postings.js';
import type { PostingPlace, Postings } from './posting-list.js';

/** A place that conditions read, with counts for the choice among keys. */
export class IndexedPlace implements PostingPlace {
  readonly form: PlaceForm;
  current: Json | undefined;
  readonly postings: Postings = new KeyPostings();
  /** The number of keys of all postings at this place. */
  users = 0;
  readonly #counts = new Map<AccessKeyKind, number>();

  constructor(form: PlaceForm) {
    this.form = form;
  }

  postingCount(kind: AccessKeyKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  count(kind: AccessKeyKind, difference: 1 | -1): void {
    this.#counts.set(kind, this.postingCount(kind) + difference);
  }
}
