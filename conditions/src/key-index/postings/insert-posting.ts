import { getOrCreate } from '../../collections/get-or-create.js';
import { type AccessKey, isUnselective } from '../access/access-key.js';
import type { Selectivity } from '../access/access-plan.js';
import { KeyPostings } from './key-postings.js';
import type { PlacedKey, Posting, PostingList, PostingPlace, Postings } from './posting-list.js';

/** A posting list longer than this is split by the next key of its postings. */
const UNREFINED_POSTINGS_MAX = 8;
const DEPTH_MAX = 4;

/** The index into which postings are inserted. */
export interface InsertionContext {
  /** The current estimate for a key. */
  readonly selectivity: Selectivity;
  lists: number;
}

/** Inserts under the first key, and under further keys where a list is long. */
export function insertPosting(posting: Posting, context: InsertionContext): void {
  posting.depth = 1;
  const [{ key, place }] = posting.keys;
  insertInto(posting, place.postings.open(key), context);
}

/** Its cost grows with the number of keys of the posting. */
export function removePosting(posting: Posting, context: InsertionContext): void {
  const [{ key, place }] = posting.keys;
  const list = place.postings.find(key);
  if (!list) throw new Error('no list for the first key of the posting');
  removeFrom(posting, list, 1, context);
  if (list.count === 0) dropList(place.postings, key, context);
}

function insertInto(posting: Posting, list: PostingList, context: InsertionContext): void {
  if (list.count === 0) context.lists += 1;
  list.count += 1;
  insertHereOrRefined(posting, list, context);
}

/** Inserts into the list itself or into a refinement. */
function insertHereOrRefined(posting: Posting, list: PostingList, context: InsertionContext): void {
  const next = list.refinements && posting.depth < DEPTH_MAX ? nextKey(posting, context) : undefined;
  if (next) {
    insertRefined(posting, next, list, context);
    return;
  }
  posting.position = list.postings.length;
  list.postings.push(posting);
  if (!list.refinements && list.postings.length > UNREFINED_POSTINGS_MAX && posting.depth < DEPTH_MAX)
    refine(list, context);
}

function insertRefined(
  posting: Posting,
  { key, place }: PlacedKey,
  list: PostingList,
  context: InsertionContext,
): void {
  list.refinements ??= new Map();
  const postings = getOrCreate<PostingPlace, Postings>(list.refinements, place, () => new KeyPostings());
  posting.depth += 1;
  insertInto(posting, postings.open(key), context);
}

/** Runs once for a list: later postings go to a refinement directly if they have another key. */
function refine(list: PostingList, context: InsertionContext): void {
  list.refinements = new Map();
  for (const posting of list.postings.splice(0)) insertHereOrRefined(posting, list, context);
}

/** Returns the rarest unused key, moved to the next position. */
function nextKey({ keys, depth }: Posting, { selectivity }: InsertionContext): PlacedKey | undefined {
  const others = keys.slice(depth).filter(({ key }) => !isUnselective(key));
  const [rarest] = others.sort((left, right) => selectivity(left.key) - selectivity(right.key));
  if (!rarest) return undefined;
  const at = keys.indexOf(rarest);
  const displaced = keys[depth];
  if (displaced) keys[at] = displaced;
  keys[depth] = rarest;
  return rarest;
}

function removeFrom(posting: Posting, list: PostingList, depth: number, context: InsertionContext): void {
  list.count -= 1;
  const next = posting.depth > depth ? posting.keys[depth] : undefined;
  if (!next) {
    removeHere(posting, list);
    return;
  }
  const postings = list.refinements?.get(next.place);
  const refined = postings?.find(next.key);
  if (!postings || !refined) throw new Error('no list for a key of the posting');
  removeFrom(posting, refined, depth + 1, context);
  if (refined.count > 0) return;
  dropList(postings, next.key, context);
  if (postings.isEmpty) list.refinements?.delete(next.place);
}

function dropList(postings: Postings, key: AccessKey, context: InsertionContext): void {
  postings.drop(key);
  context.lists -= 1;
}

function removeHere(posting: Posting, { postings }: PostingList): void {
  const last = postings.pop();
  if (last === undefined || last === posting) return;
  postings[posting.position] = last;
  last.position = posting.position;
}
