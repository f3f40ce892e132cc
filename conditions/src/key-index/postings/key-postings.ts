import { assertNever, type Json } from '@muster/twin';
import type { AccessKey } from '../access/access-key.js';
import { type ListVisitor, PostingList, type Postings } from './posting-list.js';
import { RangePostings } from './range-postings.js';
import { gramsOf, prefixOf, suffixOf, TextPostings } from './text-postings.js';
import { TypePostings } from './type-postings.js';
import { UnequalPostings } from './unequal-postings.js';
import { ValuePostings } from './value-postings.js';

/** A store for each kind of key, created with the first key of its kind. */
export class KeyPostings implements Postings {
  #equal: ValuePostings | undefined;
  #element: ValuePostings | undefined;
  #prefix: TextPostings | undefined;
  #suffix: TextPostings | undefined;
  #gram: TextPostings | undefined;
  #range: RangePostings | undefined;
  #unequal: UnequalPostings | undefined;
  #type: TypePostings | undefined;
  #absent: PostingList | undefined;

  get isEmpty(): boolean {
    const stores = [this.#equal, this.#element, this.#prefix, this.#suffix, this.#gram, this.#range, this.#unequal];
    return !this.#absent && !this.#type?.size && stores.every((store) => !store?.size);
  }

  find(key: AccessKey): PostingList | undefined {
    switch (key.kind) {
      case 'equal':
        return this.#equal?.find(key);
      case 'element':
        return this.#element?.find(key);
      case 'prefix':
        return this.#prefix?.find(key);
      case 'suffix':
        return this.#suffix?.find(key);
      case 'gram':
        return this.#gram?.find(key);
      case 'range':
        return this.#range?.find(key);
      case 'unequal':
        return this.#unequal?.find(key);
      case 'present':
        return this.#type?.find(key);
      case 'absent':
        return this.#absent;
      default:
        return assertNever(key);
    }
  }

  open(key: AccessKey): PostingList {
    switch (key.kind) {
      case 'equal':
        this.#equal ??= new ValuePostings();
        return this.#equal.open(key);
      case 'element':
        this.#element ??= new ValuePostings();
        return this.#element.open(key);
      case 'prefix':
        this.#prefix ??= new TextPostings(prefixOf);
        return this.#prefix.open(key);
      case 'suffix':
        this.#suffix ??= new TextPostings(suffixOf);
        return this.#suffix.open(key);
      case 'gram':
        this.#gram ??= new TextPostings(gramsOf);
        return this.#gram.open(key);
      case 'range':
        this.#range ??= new RangePostings();
        return this.#range.open(key);
      case 'unequal':
        this.#unequal ??= new UnequalPostings();
        return this.#unequal.open(key);
      case 'present':
        this.#type ??= new TypePostings();
        return this.#type.open(key);
      case 'absent':
        this.#absent ??= new PostingList();
        return this.#absent;
      default:
        return assertNever(key);
    }
  }

  drop(key: AccessKey): void {
    switch (key.kind) {
      case 'equal':
        this.#equal?.drop(key);
        break;
      case 'element':
        this.#element?.drop(key);
        break;
      case 'prefix':
        this.#prefix?.drop(key);
        break;
      case 'suffix':
        this.#suffix?.drop(key);
        break;
      case 'gram':
        this.#gram?.drop(key);
        break;
      case 'range':
        this.#range?.drop(key);
        break;
      case 'unequal':
        this.#unequal?.drop(key);
        break;
      case 'present':
        this.#type?.drop(key);
        break;
      case 'absent':
        this.#absent = undefined;
        break;
      default:
        assertNever(key);
    }
  }

  visit(value: Json | undefined, visit: ListVisitor): void {
    if (value === undefined) {
      if (this.#absent) visit(this.#absent);
      return;
    }
    this.#equal?.visit(value, visit);
    this.#element?.visitElements(value, visit);
    this.#prefix?.visit(value, visit);
    this.#suffix?.visit(value, visit);
    this.#gram?.visit(value, visit);
    this.#range?.visit(value, visit);
    this.#unequal?.visit(value, visit);
    this.#type?.visit(value, visit);
  }
}
