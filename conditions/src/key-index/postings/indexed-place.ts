import type { Json } from '@muster/twin';
import type { PlaceForm } from '../../language/place.js';
import type { AccessKeyKind } from '../access/access-key.js';
import { KeyPostings } from './key-postings.js';
import type { Postings, Reading } from './posting-list.js';

/** A place that somebody uses, with counts for the choice among keys. */
export class PlaceReading implements Reading {
  readonly form: PlaceForm;
  current: Json | undefined;
  readonly postings: Postings = new KeyPostings();
  /** Keys of all filings that are about this place. */
  users = 0;
  readonly #filed = new Map<AccessKeyKind, number>();

  constructor(form: PlaceForm) {
    this.form = form;
  }

  filedUnder(kind: AccessKeyKind): number {
    return this.#filed.get(kind) ?? 0;
  }

  count(kind: AccessKeyKind, difference: 1 | -1): void {
    this.#filed.set(kind, this.filedUnder(kind) + difference);
  }
}
