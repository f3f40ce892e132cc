import { mergeSorted } from '../collections/merge-sorted.js';
import type { NumberSet } from '../collections/number-set.js';
import { type AccessPath, collect, costOf, type DeviceFilter } from './planning/access-path.js';
import type { Plan } from './planning/plan.js';
import type { DeviceTable } from './storage/device-table.js';

/**
 * The devices that were found for a condition at one moment. They are of that moment: devices that came later are not
 * among them, and those that were removed since are left out. Of those that changed since it is not known again whether
 * they match. Walks may pause for as long as they like, and say when: however few of very many are found, a walk yields
 * `undefined` after a fraction of a millisecond.
 */
export class Candidates {
  /** Whether the condition is TRUE of every one. Otherwise it is TRUE of no other device, and each is to be verified. */
  readonly isExact: boolean;
  /** Never below the number of those that are found; with `isCounted` the number itself. */
  readonly sizeMax: number;
  readonly isCounted: boolean;
  /** `undefined` if they come from more than one plan. */
  readonly plan: Plan | undefined;
  readonly #table: DeviceTable;
  readonly #numbers: NumberSet;
  readonly #residualFilters: readonly DeviceFilter[];
  readonly #added: number;

  constructor(table: DeviceTable, found: Found, plan?: Plan) {
    this.#table = table;
    this.#numbers = found.numbers;
    this.#residualFilters = found.residualFilters;
    this.#added = table.added;
    this.isExact = found.isExact;
    this.isCounted = found.residualFilters.length === 0;
    this.sizeMax = found.numbers.size;
    this.plan = plan;
  }

  has(id: string): boolean {
    const number = this.#table.numberOf(id);
    return number !== undefined && this.#holds(number);
  }

  /** In no particular order. */
  *ids(): Generator<string, void, undefined> {
    for (const part of this.#numbers.parts()) {
      for (const number of part) if (this.#isFound(number)) yield this.#table.id(number);
    }
  }

  /** As `ids`, for those who pause. */
  *walk(): Generator<string | undefined, void, undefined> {
    let looked = 0;
    for (const part of this.#numbers.parts()) {
      for (const number of part) {
        if (this.#isFound(number)) yield this.#table.id(number);
        looked += 1;
        if (looked % PART_SIZE === 0) yield undefined;
      }
    }
  }

  /**
   * In the order of ids by UTF-16 code unit, those that follow an id, which need not exist; without one from the first.
   */
  walkInOrder(after?: string): Generator<string | undefined, void, undefined> {
    const isSorted = this.isCounted && this.sizeMax <= SORTED_MAX && this.sizeMax * SORTED_SHARE < this.#table.size;
    return isSorted ? this.#walkSorted(after) : this.#walkTable(after);
  }

  *#walkSorted(after: string | undefined): Generator<string | undefined, void, undefined> {
    const runs: string[][] = [[]];
    for (const id of this.walk()) {
      const run = runs.at(-1) as string[];
      if (id === undefined) yield undefined;
      else if (after === undefined || id > after) run.push(id);
      if (run.length < RUN_LENGTH) continue;
      run.sort(compareTexts);
      runs.push([]);
      yield undefined;
    }
    runs.at(-1)?.sort(compareTexts);
    for (const id of mergeSorted(runs, compareTexts)) yield this.has(id) ? id : undefined;
  }

  *#walkTable(after: string | undefined): Generator<string | undefined, void, undefined> {
    const table = this.#table;
    let last = after;
    for (let part = table.following(last, PART_SIZE); part.length > 0; part = table.following(last, PART_SIZE)) {
      last = table.id(part[part.length - 1] as number);
      for (const number of part) if (this.#holds(number)) yield table.id(number);
      yield undefined;
    }
  }

  #holds(number: number): boolean {
    return this.#numbers.has(number) && this.#isFound(number);
  }

  #isFound(number: number): boolean {
    return (
      this.#table.isSince(number, this.#added) &&
      (this.isCounted || this.#residualFilters.every((test) => test(number)))
    );
  }
}

export interface Found {
  readonly isExact: boolean;
  readonly numbers: NumberSet;
  /** What remains to be asked of each number. */
  readonly residualFilters: readonly DeviceFilter[];
}

/** So many devices are looked at between two looks at the order, which may change while a walk pauses. */
const PART_SIZE = 256;
/** Fewer than one in so many are sorted; for more it is better to go through all devices in order. */
const SORTED_SHARE = 16;
/** In runs, which are merged as they are walked over: to sort as many at once takes a millisecond or two. */
const RUN_LENGTH = 2_048;
/** All runs are looked at for each id. */
const SORTED_MAX = 32 * RUN_LENGTH;
/** So many devices are asked at once; more are asked one by one as they are walked over. */
const TESTED_AT_ONCE_MAX = 10_000;

export function isCollectedAtOnce(accessPath: AccessPath): boolean {
  return accessPath.residualFilters.length === 0 || costOf(accessPath) <= TESTED_AT_ONCE_MAX;
}

/** A copy, for the index changes and what was found does not. */
export function findNow(accessPath: AccessPath): Found {
  const { isExact, base, residualFilters } = accessPath;
  if (!isCollectedAtOnce(accessPath)) return { isExact, numbers: base().clone(), residualFilters };
  return { isExact, numbers: collect(accessPath).clone(), residualFilters: [] };
}

/** By UTF-16 code unit. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
