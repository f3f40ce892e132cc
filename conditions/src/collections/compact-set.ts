import { NumberSet } from './number-set.js';

/** The devices of a value: most values of a serial number have one device, which needs no set. */
export type Posting = number | NumberSet;

export function sizeOfAll(postings: readonly Posting[]): number {
  return postings.reduce<number>((sum, posting) => sum + sizeOf(posting), 0);
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
  const large = postings.filter((posting) => typeof posting !== 'number' && posting.size > EACH_MAX) as NumberSet[];
  const [only] = postings;
  if (postings.length === 1 && only !== undefined) return setOf(only);
  const few = NumberSet.ofMany(numbersOf(postings.filter((posting) => sizeOf(posting) <= EACH_MAX)));
  return large.reduce((all, set) => all.unite(set), few);
}

/** In any order. */
export function numbersOf(postings: readonly Posting[]): Uint32Array {
  const numbers = new Uint32Array(sizeOfAll(postings));
  let at = 0;
  const take = (number: number) => {
    numbers[at++] = number;
  };
  for (const posting of postings) {
    if (typeof posting === 'number') take(posting);
    else posting.visit(take);
  }
  return numbers;
}

function sizeOf(posting: Posting): number {
  return typeof posting === 'number' ? 1 : posting.size;
}

/** A set of more is united chunk by chunk, the others number by number. */
const EACH_MAX = 4_096;
