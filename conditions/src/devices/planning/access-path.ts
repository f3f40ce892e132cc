import { NumberSet } from '../../collections/number-set.js';
import type { AddRelease } from '../storage/preparation.js';

/** A way to find the devices of a condition. Valid until the index changes. */
export interface AccessPath {
  /** At least the number of devices of which the condition is TRUE. */
  readonly estimate: number;
  /** Whether the condition is TRUE of all devices found; otherwise the caller verifies each. */
  readonly isExact: boolean;
  /** Estimated number of devices and values that collecting the base touches. */
  readonly cost: number;
  /** Returns all devices of which the condition is TRUE, and perhaps others. May belong to the index: do not change it. */
  readonly base: () => NumberSet;
  /** Does most of the work of `base` in steps; changes in between undo a part of it. */
  readonly prepare?: (keep: AddRelease) => Iterable<undefined>;
  /** Conditions on the devices of the base. */
  readonly residualFilters: readonly DeviceFilter[];
  /** Decides for any device whether it would be found. */
  readonly filter?: DeviceFilter;
}

export type DeviceFilter = (number: number) => boolean;

/** Why no index can find the devices. */
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

/** The access path of an existing set. */
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

/** Returns the devices of the base that pass all residual filters. */
export function collect({ base, residualFilters }: AccessPath): NumberSet {
  return residualFilters.length === 0
    ? base()
    : base().filter((number) => residualFilters.every((test) => test(number)));
}

/** Prepares the bases of several access paths, where there is anything to prepare. */
export function preparationOf(accessPaths: readonly AccessPath[]): Pick<AccessPath, 'prepare'> {
  const prepares = accessPaths.flatMap(({ prepare }) => prepare ?? []);
  if (prepares.length === 0) return {};
  return {
    *prepare(keep) {
      for (const prepare of prepares) yield* prepare(keep);
    },
  };
}

/** Estimated number of steps of `collect`. */
export function costOf({ cost, estimate, residualFilters }: AccessPath): number {
  return cost + residualFilters.length * estimate;
}
