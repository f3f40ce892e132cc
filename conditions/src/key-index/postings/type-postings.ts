import type { Json } from '@muster/twin';
import { getOrCreate } from '../../collections/get-or-create.js';
import { typeOf, type ValueType } from '../../language/value-type.js';
import { type ListVisitor, PostingList } from './posting-list.js';

/** By the type of the value. */
export class TypePostings {
  readonly #lists = new Map<ValueType | 'any', PostingList>();

  get size(): number {
    return this.#lists.size;
  }

  find({ type }: { readonly type: ValueType | 'any' }): PostingList | undefined {
    return this.#lists.get(type);
  }

  open({ type }: { readonly type: ValueType | 'any' }): PostingList {
    return getOrCreate(this.#lists, type, () => new PostingList());
  }

  drop({ type }: { readonly type: ValueType | 'any' }): void {
    this.#lists.delete(type);
  }

  visit(value: Json, visit: ListVisitor): void {
    for (const type of ['any', typeOf(value)] as const) {
      const list = this.#lists.get(type);
      if (list) visit(list);
    }
  }
}
