import type { Json } from '@muster/twin';
import { getOrCreate } from '../../collections/get-or-create.js';
import type { Scalar } from '../../language/value-type.js';
import type { ValueKey } from '../access/access-key.js';
import { type ListVisitor, PostingList } from './posting-list.js';

/** By the value and its type: 1 and '1' differ, 0 and -0 are equal. */
export class ValuePostings {
  readonly #lists = new Map<Json, PostingList>();

  get size(): number {
    return this.#lists.size;
  }

  find({ value }: Pick<ValueKey, 'value'>): PostingList | undefined {
    return this.#lists.get(value);
  }

  open({ value }: { readonly value: Scalar }): PostingList {
    return getOrCreate(this.#lists, value, () => new PostingList());
  }

  drop({ value }: Pick<ValueKey, 'value'>): void {
    this.#lists.delete(value);
  }

  visit(value: Json, visit: ListVisitor): void {
    const list = this.#lists.get(value);
    if (list) visit(list);
  }

  /** The length is not limited: a visit costs no more than reading the report that contains the array. */
  visitElements(value: Json, visit: ListVisitor): void {
    if (Array.isArray(value)) for (const element of value) this.visit(element, visit);
  }
}
