import type { Json } from '@muster/twin';
import type { AccessKeyKind, PlaceForm } from './access-key.js';
import { KeyPostings } from './postings/key-postings.js';
import type { Postings, Reading } from './postings/posting-list.js';
import { versionKey } from './version-key.js';

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

  /** What a value at the path is at this place. */
  take(value: Json | undefined): Json | undefined {
    if (this.form === 'value') return value;
    if (typeof value !== 'string') return undefined;
    return this.form === 'lower' ? value.toLowerCase() : versionKey(value);
  }

  filedUnder(kind: AccessKeyKind): number {
    return this.#filed.get(kind) ?? 0;
  }

  count(kind: AccessKeyKind, difference: 1 | -1): void {
    this.#filed.set(kind, this.filedUnder(kind) + difference);
  }
}
