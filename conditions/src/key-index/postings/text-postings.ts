import type { Json } from '@muster/twin';
import { getOrCreate } from '../../collections/get-or-create.js';
import type { TextKey } from '../access/access-key.js';
import { type ListVisitor, PostingList } from './posting-list.js';

/** Visits the parts of a text that have this length. */
export type PartsOf = (text: string, length: number, visit: (part: string) => void) => void;

export const prefixOf: PartsOf = (text, length, visit) => visit(text.slice(0, length));

export const suffixOf: PartsOf = (text, length, visit) => visit(text.slice(text.length - length));

export const gramsOf: PartsOf = (text, length, visit) => {
  for (let start = 0; start + length <= text.length; start += 1) visit(text.slice(start, start + length));
};

/** By a part of the text: first by its length, so that only existing lengths are tried. */
export class TextPostings {
  readonly #byLength = new Map<number, Map<string, PostingList>>();
  readonly #partsOf: PartsOf;

  constructor(partsOf: PartsOf) {
    this.#partsOf = partsOf;
  }

  get size(): number {
    return this.#byLength.size;
  }

  find({ text }: TextKey): PostingList | undefined {
    return this.#byLength.get(text.length)?.get(text);
  }

  open({ text }: TextKey): PostingList {
    const lists = getOrCreate(this.#byLength, text.length, () => new Map<string, PostingList>());
    return getOrCreate(lists, text, () => new PostingList());
  }

  drop({ text }: TextKey): void {
    const lists = this.#byLength.get(text.length);
    lists?.delete(text);
    if (lists?.size === 0) this.#byLength.delete(text.length);
  }

  visit(value: Json, visit: ListVisitor): void {
    if (typeof value !== 'string') return;
    for (const [length, lists] of this.#byLength) {
      if (length > value.length) continue;
      this.#partsOf(value, length, (part) => {
        const list = lists.get(part);
        if (list) visit(list);
      });
    }
  }
}
