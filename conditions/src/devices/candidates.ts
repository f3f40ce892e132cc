import { mergeSorted } from '../collections/merge-sorted.js';
import type { NumberSet } from '../collections/number-set.js';
import { type AccessPath, collect, costOf, type DeviceFilter } from './planning/access-path.js';
import type { Plan } from './planning/plan.js';
import type { DeviceTable } from './storage/device-table.js';

/**
 * A snapshot of the devices found for a condition. Devices added later are not in it, and removed devices are left out.
 * Devices that changed since may no longer match. A walk may pause for any time. It yields `undefined` where it may,
 * after a fraction of a millisecond, even if few of very many devices are found.
 */
export class Candidates {
  /** Whether the condition is TRUE of every device found. It is never TRUE of another; if not exact, verify each. */
  readonly isExact: boolean;
  /** At least the number of devices found; with `isCounted`, exactly that number. */
  readonly sizeMax: number;
  readonly isCounted: boolean;
  /** Undefined if the devices come from several plans. */
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

  /** Number of devices in the index now, found or not. */
  get indexed(): number {
    return this.#table.size;
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

  /** Like `ids`, with places to pause. */
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
   * In the order of ids by UTF-16 code unit, from the first id after `after`, which need not exist.
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
  /** Filters that are still to be applied to each number. */
  readonly residualFilters: readonly DeviceFilter[];
}

/** Devices visited between two checks of the order, which may change while a walk is paused. */
const PART_SIZE = 256;
/** Sort the matches if they are fewer than 1/16 of the fleet; otherwise walk all devices in order. */
const SORTED_SHARE = 16;
/** Sort in runs, merged during the walk: sorting one run takes a millisecond or two. */
const RUN_LENGTH = 2_048;
/** At most 32 runs, because each step compares all of them. */
const SORTED_MAX = 32 * RUN_LENGTH;
/** Up to this many candidates are tested at once; more are tested during the walk. */
const TESTED_AT_ONCE_MAX = 10_000;

export function isCollectedAtOnce(accessPath: AccessPath): boolean {
  return accessPath.residualFilters.length === 0 || costOf(accessPath) <= TESTED_AT_ONCE_MAX;
}

/** Collects the devices. Copies the sets, because the index changes and a snapshot does not. */
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
