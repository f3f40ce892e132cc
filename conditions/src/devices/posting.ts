import { NumberSet } from './number-set.js';

/** The devices of a value: most values of a serial number have one device, which needs no set. */
export type Posting = number | NumberSet;

export function sizeOfAll(postings: readonly Posting[]): number {
  return postings.reduce<number>((sum, posting) => sum + (typeof posting === 'number' ? 1 : posting.size), 0);
}

export function isIn(posting: Posting, number: number): boolean {
  return typeof posting === 'number' ? posting === number : posting.has(number);
}

export function setOf(posting: Posting | undefined): NumberSet {
  if (posting === undefined) return new NumberSet();
  return typeof posting === 'number' ? NumberSet.of([posting]) : posting;
}

/** With the number; the same posting if it changed within. */
export function withNumber(posting: Posting | undefined, number: number): Posting {
  if (posting === undefined || posting === number) return number;
  if (typeof posting === 'number') return NumberSet.of([posting, number]);
  posting.add(number);
  return posting;
}

/** Without the number, which may be missing; `undefined` when none is left. */
export function withoutNumber(posting: Posting, number: number): Posting | undefined {
  if (typeof posting === 'number') return posting === number ? undefined : posting;
  posting.delete(number);
  return posting.size === 1 ? posting.toArray()[0] : posting;
}

/** The union, not to be changed: of a single one it is this one. */
export function uniteAll(postings: readonly Posting[]): NumberSet {
  const sets = postings.filter((posting) => typeof posting !== 'number').sort((left, right) => right.size - left.size);
  const [largest, ...others] = sets;
  if (largest && sets.length === postings.length && others.length === 0) return largest;
  let all = largest?.clone() ?? new NumberSet();
  for (const set of others) all = addAll(all, set);
  for (const posting of postings) if (typeof posting === 'number') all.add(posting);
  return all;
}

/** A set of many is united chunk by chunk, one of few number by number. */
function addAll(all: NumberSet, set: NumberSet): NumberSet {
  if (set.size > EACH_MAX) return all.unite(set);
  set.visit((number) => all.add(number));
  return all;
}

const EACH_MAX = 4_096;
