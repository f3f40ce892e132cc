import type { Json } from '@muster/twin';
import type { Subject, Truth } from '../../language/condition.js';
import type { AccessKey } from '../access/access-key.js';

/** The postings under one key, or under a sequence of keys. */
export class PostingList {
  readonly postings: Posting[] = [];
  /** Postings under one more key each, by the place of that key. */
  refinements: Map<PostingPlace, Postings> | undefined;
  /** The number of postings, refinements included. */
  count = 0;
  /** The last question that visited the list, so that it is visited once. */
  visited = 0;
}

/** An entry of the access plan of a condition, inserted under its first `depth` keys. */
export interface Posting {
  readonly condition: IndexedCondition;
  readonly keys: [PlacedKey, ...PlacedKey[]];
  depth: number;
  /** Its index in the postings of its list. */
  position: number;
}

export interface PlacedKey {
  readonly key: AccessKey;
  readonly place: PostingPlace;
}

/** A condition that is stored once, however many keys refer to it. */
export interface IndexedCondition {
  readonly test: (subject: Subject) => Truth;
  /** The last question that tested it. */
  examined: number;
  /** How often it was tested and not TRUE. */
  misses: number;
  /** After this many misses it is inserted again. */
  missLimit: number;
}

/** A place, and the postings under its keys. */
export interface PostingPlace {
  /** The value of the current subject. */
  readonly current: Json | undefined;
  readonly postings: Postings;
}

export type ListVisitor = (list: PostingList) => void;

/** The posting lists of one place, by key. A missing value has no key but `absent`. */
export interface Postings {
  readonly isEmpty: boolean;
  find(key: AccessKey): PostingList | undefined;
  /** Returns the list of the key; creates it if there is none. */
  open(key: AccessKey): PostingList;
  drop(key: AccessKey): void;
  /** Visits the lists whose key this value has; a list may be visited twice. */
  visit(value: Json | undefined, visit: ListVisitor): void;
}
