import { NumberSet } from '../../collections/number-set.js';
import type { AddRelease } from '../storage/preparation.js';

/** What an index can say about a condition, before anything is collected. Good until the index changes. */
export interface AccessPath {
  /** Never below the number of devices of which the condition is TRUE. */
  readonly estimate: number;
  /** Whether it is TRUE of all that are found; otherwise each is to be verified. */
  readonly isExact: boolean;
  /** About how many numbers or values are touched to collect the base. */
  readonly cost: number;
  /** All devices of which the condition is TRUE, and perhaps others. May belong to the index: not to be changed. */
  readonly base: () => NumberSet;
  /** Does most of what `base` has to do, step by step; what changes until then has to be done again. */
  readonly prepare?: (keep: AddRelease) => Iterable<undefined>;
  /** What must hold of a device in the base for it to be found. */
  readonly residualFilters: readonly DeviceFilter[];
  /** Decides for a device of any set what being found decides. */
  readonly filter?: DeviceFilter;
}

export type DeviceFilter = (number: number) => boolean;

/** Why there is no answer. */
export interface NoAccessPath {
  readonly reason: string;
}

export const EMPTY: AccessPath = {
  estimate: 0,
  isExact: true,
  cost: 0,
  base: () => new NumberSet(),
  residualFilters: [],
};

export function isAccessPath(accessPath: AccessPath | NoAccessPath): accessPath is AccessPath {
  return 'base' in accessPath;
}

/** Of a set that is there already. */
export function accessPathOf(set: NumberSet, isExact = true): AccessPath {
  return {
    estimate: set.size,
    isExact,
    cost: 0,
    base: () => set,
    residualFilters: [],
    filter: (number) => set.has(number),
  };
}

/** What all tests hold of. */
export function collect({ base, residualFilters }: AccessPath): NumberSet {
  return residualFilters.length === 0
    ? base()
    : base().filter((number) => residualFilters.every((test) => test(number)));
}

/** Prepares the bases of several answers, as far as there is anything to prepare. */
export function preparationOf(accessPaths: readonly AccessPath[]): Pick<AccessPath, 'prepare'> {
  const prepares = accessPaths.flatMap(({ prepare }) => prepare ?? []);
  if (prepares.length === 0) return {};
  return {
    *prepare(keep) {
      for (const prepare of prepares) yield* prepare(keep);
    },
  };
}

/** About how many steps `collect` takes. */
export function costOf({ cost, estimate, residualFilters }: AccessPath): number {
  return cost + residualFilters.length * estimate;
}
