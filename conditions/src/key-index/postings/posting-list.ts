import type { Json } from '@muster/twin';
import type { Subject, Truth } from '../../language/condition.js';
import type { AccessKey } from '../access/access-key.js';

/** All filings under one key, or under one key after another. */
export class PostingList {
  readonly filings: Filing[] = [];
  /** Filings that are looked up by one more key each, since there are many under the first. */
  finer: Map<Reading, Postings> | undefined;
  /** With the finer ones. */
  count = 0;
  /** The last question that came here, so that none comes twice. */
  visited = 0;
}

/** One entry of the access plan of a condition, and where it is filed: under its first `depth` keys. */
export interface Filing {
  readonly condition: FiledCondition;
  readonly keys: [PlacedKey, ...PlacedKey[]];
  depth: number;
  /** In the filings of its list. */
  position: number;
}

export interface PlacedKey {
  readonly key: AccessKey;
  readonly reading: Reading;
}

/** A condition that is stored once, whoever asks for it. */
export interface FiledCondition {
  readonly test: (subject: Subject) => Truth;
  /** The last question for which it was examined. */
  examined: number;
  /** How often it was examined and not TRUE. */
  misses: number;
  /** After so many misses it is filed anew. */
  patience: number;
}

/** A place that keys ask about, and what is filed under those. */
export interface Reading {
  /** What the subject in question holds there. */
  readonly current: Json | undefined;
  readonly postings: Postings;
}

export type See = (list: PostingList) => void;

/** Posting lists of one place by key. A missing value has no key but `absent`. */
export interface Postings {
  readonly isEmpty: boolean;
  find(key: AccessKey): PostingList | undefined;
  /** The list of the key, a new one if there is none. */
  open(key: AccessKey): PostingList;
  drop(key: AccessKey): void;
  /** Shows the lists whose key this value has, and maybe one twice. */
  visit(value: Json | undefined, see: See): void;
}
