import type { Json } from '@muster/twin';
import type { Subject, Truth } from '../../language/condition.js';
import type { AccessKey } from '../access/access-key.js';

/** All postings under one key, or under one key after another. */
export class PostingList {
  readonly postings: Posting[] = [];
  /** Filings that are looked up by one more key each, since there are many under the first. */
  refinements: Map<PostingPlace, Postings> | undefined;
  /** With the refined ones. */
  count = 0;
  /** The last question that came here, so that none comes twice. */
  visited = 0;
}

/** One entry of the access plan of a condition, and where it is filed: under its first `depth` keys. */
export interface Posting {
  readonly condition: IndexedCondition;
  readonly keys: [PlacedKey, ...PlacedKey[]];
  depth: number;
  /** In the postings of its list. */
  position: number;
}

export interface PlacedKey {
  readonly key: AccessKey;
  readonly place: PostingPlace;
}

/** A condition that is stored once, whoever asks for it. */
export interface IndexedCondition {
  readonly test: (subject: Subject) => Truth;
  /** The last question for which it was examined. */
  examined: number;
  /** How often it was examined and not TRUE. */
  misses: number;
  /** After so many misses it is filed anew. */
  missLimit: number;
}

/** A place that keys ask about, and what is filed under those. */
export interface PostingPlace {
  /** What the subject in question holds there. */
  readonly current: Json | undefined;
  readonly postings: Postings;
}

export type ListVisitor = (list: PostingList) => void;

/** Posting lists of one place by key. A missing value has no key but `absent`. */
export interface Postings {
  readonly isEmpty: boolean;
  find(key: AccessKey): PostingList | undefined;
  /** The list of the key, a new one if there is none. */
  open(key: AccessKey): PostingList;
  drop(key: AccessKey): void;
  /** Shows the lists whose key this value has, and maybe one twice. */
  visit(value: Json | undefined, visit: ListVisitor): void;
}
