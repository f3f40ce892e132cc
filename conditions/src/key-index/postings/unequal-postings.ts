import type { Json } from '@muster/twin';
import { getOrCreate } from '../../collections/get-or-create.js';
import type { Scalar } from '../../language/value-type.js';
import { type ListVisitor, PostingList } from './posting-list.js';

/** By the excluded value. A value has all keys of its type but its own, and the key of null. */
export class UnequalPostings {
  readonly #byType = new Map<string, Map<Json, PostingList>>();

  get size(): number {
    return this.#byType.size;
  }

  find({ value }: { readonly value: Scalar }): PostingList | undefined {
    return this.#byType.get(typeof value)?.get(value);
  }

  open({ value }: { readonly value: Scalar }): PostingList {
    const lists = getOrCreate(this.#byType, typeof value, () => new Map<Json, PostingList>());
    return getOrCreate(lists, value, () => new PostingList());
  }

  drop({ value }: { readonly value: Scalar }): void {
    const lists = this.#byType.get(typeof value);
    lists?.delete(value);
    if (lists?.size === 0) this.#byType.delete(typeof value);
  }

  visit(value: Json, visit: ListVisitor): void {
    const ofNull = this.#byType.get('object')?.get(null);
    if (ofNull && value !== null) visit(ofNull);
    if (typeof value === 'object') return;
    for (const [other, list] of this.#byType.get(typeof value) ?? []) if (other !== value) visit(list);
  }
}
