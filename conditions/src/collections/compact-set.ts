import { NumberSet } from './number-set.js';

/** The devices of a value. A value with one device, such as a serial number, needs no set. */
export type CompactSet = number | NumberSet;

export function sizeOfAll(sets: readonly CompactSet[]): number {
  return sets.reduce<number>((sum, set) => sum + sizeOf(set), 0);
}

export function hasNumber(set: CompactSet, number: number): boolean {
  return typeof set === 'number' ? set === number : set.has(number);
}

export function setOf(set: CompactSet | undefined): NumberSet {
  if (set === undefined) return new NumberSet();
  return typeof set === 'number' ? NumberSet.of([set]) : set;
}

/** Adds the number; returns the same set if it changed in place. */
export function withNumber(set: CompactSet | undefined, number: number): CompactSet {
  if (set === undefined || set === number) return number;
  if (typeof set === 'number') return NumberSet.of([set, number]);
  set.add(number);
  return set;
}

/** Removes the number, which may be missing; returns undefined if the set is empty. */
export function withoutNumber(set: CompactSet, number: number): CompactSet | undefined {
  if (typeof set === 'number') return set === number ? undefined : set;
  set.delete(number);
  return set.size === 1 ? set.toArray()[0] : set;
}

/** The union. Do not change it: the union of one set is this set. */
export function uniteAll(sets: readonly CompactSet[]): NumberSet {
  const large = sets.filter((set) => typeof set !== 'number' && set.size > EACH_MAX) as NumberSet[];
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return setOf(only);
  const few = NumberSet.ofMany(numbersOf(sets.filter((set) => sizeOf(set) <= EACH_MAX)));
  return large.reduce((all, set) => all.unite(set), few);
}

/** In any order. */
export function numbersOf(sets: readonly CompactSet[]): Uint32Array {
  const numbers = new Uint32Array(sizeOfAll(sets));
  let at = 0;
  const take = (number: number) => {
    numbers[at++] = number;
  };
  for (const set of sets) {
    if (typeof set === 'number') take(set);
    else set.visit(take);
  }
  return numbers;
}

function sizeOf(set: CompactSet): number {
  return typeof set === 'number' ? 1 : set.size;
}

/** Larger sets are united chunk by chunk, smaller ones number by number. */
const EACH_MAX = 4_096;
