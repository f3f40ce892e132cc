import type { Json } from '@muster/twin';
import type { ValueType } from '../access-key.js';
import { openEntry } from '../open-entry.js';
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

function typeOf(value: Json): ValueType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'object';
}
