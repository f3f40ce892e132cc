import { openEntry } from '../../collections/get-or-create.js';
import { type AccessKey, isNearlyAll } from '../access/access-key.js';
import type { Share } from '../access/access-plan.js';
import { KeyPostings } from './key-postings.js';
import type { Filing, PlacedKey, PostingList, Postings, Reading } from './posting-list.js';

/** A list with as many filings is looked up by one more key of those that have one. */
const FILINGS_COARSE_MAX = 8;
const DEPTH_MAX = 4;

/** Who files: which keys are the rarest, and how many lists there are. */
export interface FilingDesk {
  /** About which part of all subjects have the key, as it is known now. */
  readonly share: Share;
  lists: number;
}

/** Files under the first key; under the next ones as well, if too many are under it alone. */
export function file(filing: Filing, desk: FilingDesk): void {
  filing.depth = 1;
  const [{ key, reading }] = filing.keys;
  put(filing, reading.postings.open(key), desk);
}

/** Costs as much as the keys it is filed under. */
export function unfile(filing: Filing, desk: FilingDesk): void {
  const [{ key, reading }] = filing.keys;
  const list = reading.postings.find(key);
  if (!list) throw new Error('a filing is under its first key');
  take(filing, list, 1, desk);
  if (list.count === 0) drop(reading.postings, key, desk);
}

function put(filing: Filing, list: PostingList, desk: FilingDesk): void {
  if (list.count === 0) desk.lists += 1;
  list.count += 1;
  settle(filing, list, desk);
}

/** In the list itself or in a finer one. */
function settle(filing: Filing, list: PostingList, desk: FilingDesk): void {
  const next = list.finer && filing.depth < DEPTH_MAX ? nextKey(filing, desk) : undefined;
  if (next) {
    putFiner(filing, next, list, desk);
    return;
  }
  filing.position = list.filings.length;
  list.filings.push(filing);
  if (!list.finer && list.filings.length > FILINGS_COARSE_MAX && filing.depth < DEPTH_MAX) refine(list, desk);
}

function putFiner(filing: Filing, { key, reading }: PlacedKey, list: PostingList, desk: FilingDesk): void {
  list.finer ??= new Map();
  const postings = openEntry<Reading, Postings>(list.finer, reading, () => new KeyPostings());
  filing.depth += 1;
  put(filing, postings.open(key), desk);
}

/** Once for a list: what comes later goes to the finer ones at once, if it can. */
function refine(list: PostingList, desk: FilingDesk): void {
  list.finer = new Map();
  for (const filing of list.filings.splice(0)) settle(filing, list, desk);
}

/** The rarest of the keys that it is not filed under yet, moved to stand next. */
function nextKey({ keys, depth }: Filing, { share }: FilingDesk): PlacedKey | undefined {
  const others = keys.slice(depth).filter(({ key }) => !isNearlyAll(key));
  const [rarest] = others.sort((left, right) => share(left.key) - share(right.key));
  if (!rarest) return undefined;
  const at = keys.indexOf(rarest);
  const displaced = keys[depth];
  if (displaced) keys[at] = displaced;
  keys[depth] = rarest;
  return rarest;
}

function take(filing: Filing, list: PostingList, depth: number, desk: FilingDesk): void {
  list.count -= 1;
  const next = filing.depth > depth ? filing.keys[depth] : undefined;
  if (!next) {
    takeHere(filing, list);
    return;
  }
  const postings = list.finer?.get(next.reading);
  const finer = postings?.find(next.key);
  if (!postings || !finer) throw new Error('a filing is under each of its keys down to its depth');
  take(filing, finer, depth + 1, desk);
  if (finer.count > 0) return;
  drop(postings, next.key, desk);
  if (postings.isEmpty) list.finer?.delete(next.reading);
}

function drop(postings: Postings, key: AccessKey, desk: FilingDesk): void {
  postings.drop(key);
  desk.lists -= 1;
}

function takeHere(filing: Filing, { filings }: PostingList): void {
  const last = filings.pop();
  if (last === undefined || last === filing) return;
  filings[filing.position] = last;
  last.position = filing.position;
}
