import type { Json } from '@muster/twin';
import { openEntry } from '../../collections/get-or-create.js';
import { typeOf, type ValueType } from '../../language/value-type.js';
import { PostingList, type See } from './posting-list.js';

/** By the type of what is there. */
export class TypePostings {
  readonly #lists = new Map<ValueType | 'any', PostingList>();

  get size(): number {
    return this.#lists.size;
  }

  find({ type }: { readonly type: ValueType | 'any' }): PostingList | undefined {
    return this.#lists.get(type);
  }

  open({ type }: { readonly type: ValueType | 'any' }): PostingList {
    return openEntry(this.#lists, type, () => new PostingList());
  }

  drop({ type }: { readonly type: ValueType | 'any' }): void {
    this.#lists.delete(type);
  }

  visit(value: Json, see: See): void {
    for (const type of ['any', typeOf(value)] as const) {
      const list = this.#lists.get(type);
      if (list) see(list);
    }
  }
}
