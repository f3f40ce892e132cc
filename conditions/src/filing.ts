import { type AccessKey, isNearlyAll } from './access-key.js';
import { openEntry } from './open-entry.js';
import { KeyPostings } from './postings/key-postings.js';
import type { Filing, PlacedKey, PostingList, Postings, Reading } from './postings/posting-list.js';

/** A list with as many filings is looked up by one more key of those that have one. */
const FILINGS_COARSE_MAX = 8;
const DEPTH_MAX = 4;

/** Which of two keys fewer subjects have, as it is known now. */
export type Rank = (left: PlacedKey, right: PlacedKey) => number;

/** Files under the first key; under the next ones as well, if too many are under it alone. */
export function file(filing: Filing, rank: Rank): void {
  filing.depth = 1;
  put(filing, postingsOf(filing).open(filing.keys[0].key), rank);
}

/** Costs as much as the keys it is filed under. */
export function unfile(filing: Filing): void {
  const postings = postingsOf(filing);
  const [{ key }] = filing.keys;
  const list = postings.find(key);
  if (!list) throw new Error('a filing is under its first key');
  take(filing, list, 1);
  if (list.count === 0) postings.drop(key);
}

function postingsOf({ isExact, keys: [first] }: Filing): Postings {
  return isExact && isBroad(first.key) ? first.reading.exact : first.reading.guarded;
}

/** Many values have keys of this kind. */
function isBroad(key: AccessKey): boolean {
  return key.kind === 'range' || isNearlyAll(key);
}

function put(filing: Filing, list: PostingList, rank: Rank): void {
  list.count += 1;
  const next = list.finer && filing.depth < DEPTH_MAX ? nextKey(filing, rank) : undefined;
  if (next) {
    putFiner(filing, next, list, rank);
    return;
  }
  filing.position = list.filings.length;
  list.filings.push(filing);
  if (!list.finer && list.filings.length > FILINGS_COARSE_MAX && filing.depth < DEPTH_MAX) refine(list, rank);
}

function putFiner(filing: Filing, { key, reading }: PlacedKey, list: PostingList, rank: Rank): void {
  list.finer ??= new Map();
  const postings = openEntry<Reading, Postings>(list.finer, reading, () => new KeyPostings());
  filing.depth += 1;
  put(filing, postings.open(key), rank);
}

/** Once for a list: what comes later goes to the finer ones at once, if it can. */
function refine(list: PostingList, rank: Rank): void {
  list.finer = new Map();
  const filings = list.filings.splice(0);
  list.count -= filings.length;
  for (const filing of filings) put(filing, list, rank);
}

/** The rarest of the keys that it is not filed under yet, moved to stand next. */
function nextKey(filing: Filing, rank: Rank): PlacedKey | undefined {
  const { keys, depth } = filing;
  const [rarest] = keys
    .slice(depth)
    .filter(({ key }) => !isNearlyAll(key))
    .sort(rank);
  if (!rarest) return undefined;
  const at = keys.indexOf(rarest);
  const displaced = keys[depth];
  if (displaced) keys[at] = displaced;
  keys[depth] = rarest;
  return rarest;
}

function take(filing: Filing, list: PostingList, depth: number): void {
  list.count -= 1;
  const next = filing.depth > depth ? filing.keys[depth] : undefined;
  if (!next) {
    takeHere(filing, list);
    return;
  }
  const postings = list.finer?.get(next.reading);
  const finer = postings?.find(next.key);
  if (!postings || !finer) throw new Error('a filing is under each of its keys down to its depth');
  take(filing, finer, depth + 1);
  if (finer.count > 0) return;
  postings.drop(next.key);
  if (postings.isEmpty) list.finer?.delete(next.reading);
}

function takeHere(filing: Filing, { filings }: PostingList): void {
  const last = filings.pop();
  if (last === undefined || last === filing) return;
  filings[filing.position] = last;
  last.position = filing.position;
}
