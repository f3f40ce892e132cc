import type { Json } from '@muster/twin';
import { openEntry } from '../../collections/get-or-create.js';
import type { TextKey } from '../access/access-key.js';
import { PostingList, type See } from './posting-list.js';

/** The parts of a text that may be keys, given the length of the part. */
export type PartsOf = (text: string, length: number, see: (part: string) => void) => void;

export const prefixOf: PartsOf = (text, length, see) => see(text.slice(0, length));

export const suffixOf: PartsOf = (text, length, see) => see(text.slice(text.length - length));

export const gramsOf: PartsOf = (text, length, see) => {
  for (let start = 0; start + length <= text.length; start += 1) see(text.slice(start, start + length));
};

/** By a part of the text: by its length and then by itself, so that only lengths which occur are tried. */
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
    const lists = openEntry(this.#byLength, text.length, () => new Map<string, PostingList>());
    return openEntry(lists, text, () => new PostingList());
  }

  drop({ text }: TextKey): void {
    const lists = this.#byLength.get(text.length);
    lists?.delete(text);
    if (lists?.size === 0) this.#byLength.delete(text.length);
  }

  visit(value: Json, see: See): void {
    if (typeof value !== 'string') return;
    for (const [length, lists] of this.#byLength) {
      if (length > value.length) continue;
      this.#partsOf(value, length, (part) => {
        const list = lists.get(part);
        if (list) see(list);
      });
    }
  }
}
