import { NumberSet } from '../collections/number-set.js';
import type { Condition, Subject, SubjectPath } from '../language/condition.js';
import { normalize } from '../language/normalize.js';
import { printPath } from '../language/print.js';
import { VALUE_TYPES } from '../language/value-type.js';
import { Candidates, findNow, isCollectedAtOnce } from './candidates.js';
import { type AccessPath, accessPathOf, collect, isAccessPath, type NoAccessPath } from './planning/access-path.js';
import type { Lookup } from './planning/lookup.js';
import type { Plan } from './planning/plan.js';
import { lookupsOf, type Planned, planNode } from './planning/planner.js';
import { accessByTexts } from './planning/text-access.js';
import { accessByValues, orderFor } from './planning/value-access.js';
import { DeviceTable } from './storage/device-table.js';
import type { PathValues, ValueBudget } from './storage/path-values.js';
import { type AddRelease, Preparation } from './storage/preparation.js';
import { ValueTree } from './storage/value-tree.js';
import { WatchedPaths } from './storage/watched-paths.js';

/**
 * Finds the devices of which a condition is TRUE, without testing each. It stores ids, names, the values at all paths of
 * tags and the values at watched paths of `reported`, nothing else.
 *
 * - The result contains every device of which the condition is TRUE, and with `isExact` no other. Otherwise the caller
 *   verifies each by `condition.test`.
 * - Results are complete and current, never sampled.
 * - A condition that cannot be looked up finds all devices. `plan` gives the reason.
 * - Memory per device is bounded. Beyond `indexedPathsMax` paths, new paths are left out until there is room again.
 *   Beyond `indexedValuesMax` different values, the path with the most values keeps only their types until no device
 *   has the path. Both are counted; they affect whether a result is exact, never its completeness.
 */
export class DeviceIndex {
  readonly #table = new DeviceTable();
  readonly #budget: ValueBudget = { distinct: 0 };
  readonly #valuesMax: number;
  readonly #tags: ValueTree;
  readonly #reported: WatchedPaths;
  readonly #marks = new Map<string, NumberSet>();

  constructor({ indexedPathsMax = INDEXED_PATHS_MAX, indexedValuesMax = INDEXED_VALUES_MAX }: DeviceIndexOptions = {}) {
    this.#valuesMax = indexedValuesMax;
    this.#tags = new ValueTree(this.#budget, indexedPathsMax);
    this.#reported = new WatchedPaths(this.#budget);
  }

  /** How many paths of reported are watched. */
  get watched(): number {
    return this.#reported.size;
  }

  has(id: string): boolean {
    return this.#table.numberOf(id) !== undefined;
  }

  /** Of a device that is there, until it is removed: then another one gets it. */
  numberOf(id: string): number | undefined {
    return this.#table.numberOf(id);
  }

  idOf(number: number): string {
    return this.#table.id(number);
  }

  get counters(): DeviceIndexCounters {
    return {
      devices: this.#table.size,
      paths: this.#tags.paths,
      values: this.#budget.distinct,
      watched: this.#reported.size,
      prepared: [...this.#paths()].reduce((sum, [, values]) => sum + values.prepared, 0),
      leftOut: this.#tags.leftOut,
      givenUp: [...this.#paths()].filter(([, values]) => values.isGivenUp).map(([path]) => printPath(path)),
    };
  }

  /**
   * Adds, changes or removes a device. `before` must equal the last `after`, or be undefined for a new device.
   * Removing an unknown device is a no-op; any other mismatch throws.
   */
  change(before: Subject | undefined, after: Subject | undefined): void {
    const id = (after ?? before)?.id;
    if (id === undefined) return;
    const known = this.#table.numberOf(id);
    if (known === undefined && !after) return;
    if ((known === undefined) !== (before === undefined))
      throw new Error(`${id} was ${before ? 'not ' : ''}there before`);
    if (before && after && before.id !== after.id) throw new Error(`${before.id} cannot become ${after.id}`);
    const number = known ?? this.#table.add(id, after?.name ?? id);
    if (after) this.#table.rename(number, after.name);
    this.#tags.change(before?.tags, after?.tags, number);
    this.#reported.change(before?.reported, after?.reported, number);
    if (!after) this.#table.remove(number);
    this.#keepWithinBudget();
  }

  /**
   * Indexes a path of `reported`, such as `['reported', 'battery']`, for one more user. Returns whether the path is new:
   * then call `fill` for every device, and `completed` after that. Until then plans do not use the path.
   */
  watchReported(path: SubjectPath): boolean {
    return this.#reported.watch(namesOf(path));
  }

  /** Removes a user. The last one removes the path; returns whether it did. */
  unwatchReported(path: SubjectPath): boolean {
    return this.#reported.unwatch(namesOf(path));
  }

  /**
   * Begins to index paths of tags that were left out, if a good part of the limit is free again. Returns whether it began:
   * then call `fill` with the path `['tags']` for every device, and `completed` after that. Until then plans do not use
   * the new paths.
   */
  refillTags(): boolean {
    return this.#tags.refill();
  }

  /** Adds the current state of a device. Ignores devices that changed since the path is watched. */
  fill(path: SubjectPath, subject: Subject): void {
    const number = this.#table.numberOf(subject.id);
    if (number === undefined) return;
    if (isTags(path)) this.#tags.fill(subject.tags, number);
    else this.#reported.fill(namesOf(path), subject.reported, number);
    this.#keepWithinBudget();
  }

  /** Returns whether plans use the path: not before every device was filled in, nor after the path is unwatched. */
  completed(path: SubjectPath): boolean {
    if (isTags(path)) return this.#tags.complete(this.#table.size);
    return this.#reported.complete(namesOf(path), this.#table.size);
  }

  plan(condition: Condition): Plan {
    return planOf(this.#plan(condition));
  }

  /**
   * Sorts the values that the condition needs in order, in steps of a fraction of a millisecond. Few values are sorted on
   * demand; many are used by plans only after this has finished. Then it collects the devices of very many values, also
   * in steps, so that the query has less to do until something changes. Release it after the query.
   */
  prepare(condition: Condition): Preparation {
    return new Preparation((keep) => this.#prepare(condition, keep));
  }

  *#prepare(condition: Condition, keep: AddRelease): Generator<undefined, void, undefined> {
    for (const lookup of lookupsOf(normalize(condition.root))) {
      const kind = orderFor(lookup);
      if (kind === undefined || lookup.kind === 'present') continue;
      const values = this.#valuesAt(lookup.path);
      if (!('reason' in values)) yield* values.prepareOrder(kind);
    }
    const { accessPath } = this.#plan(condition);
    if (accessPath?.prepare) yield* accessPath.prepare(keep);
  }

  find(condition: Condition): Candidates {
    const planned = this.#plan(condition);
    return new Candidates(this.#table, findNow(this.#pathOrAll(planned)), planOf(planned));
  }

  /** Finds the devices of which one of the conditions is, or may be, TRUE. */
  findAny(conditions: readonly Condition[]): Candidates {
    const accessPaths = conditions.map((one) => this.#collectable(one));
    const isExact = accessPaths.every((accessPath) => accessPath.isExact);
    const numbers = accessPaths.reduce((union, accessPath) => union.unite(collect(accessPath)), new NumberSet());
    return new Candidates(this.#table, { isExact, numbers, residualFilters: [] });
  }

  /** Marks a known device with a label. Remove its marks before the device is removed. */
  mark(id: string, label: string): void {
    const marked = this.#marks.get(label) ?? new NumberSet();
    this.#marks.set(label, marked);
    marked.add(this.#mustKnow(id));
  }

  /** Returns whether no device has the label any more. */
  unmark(id: string, label: string): boolean {
    const marked = this.#marks.get(label);
    if (!marked?.delete(this.#mustKnow(id))) throw new Error(`${id} is not marked ${label}`);
    return marked.size === 0 && this.#marks.delete(label);
  }

  marked(label: string): Candidates {
    const numbers = this.#marks.get(label)?.clone() ?? new NumberSet();
    return new Candidates(this.#table, { isExact: true, numbers, residualFilters: [] });
  }

  /**
   * The devices that carry the mark or match, but not both. If not exact: every device that carries the mark or may
   * match.
   */
  mismatched(label: string, condition: Condition): Candidates {
    const marked = this.#marks.get(label) ?? new NumberSet();
    const accessPath = this.#collectable(condition);
    const found = collect(accessPath);
    const { isExact } = accessPath;
    const numbers = isExact ? marked.subtract(found).unite(found.subtract(marked)) : marked.unite(found);
    return new Candidates(this.#table, { isExact, numbers, residualFilters: [] });
  }

  /** Drops the residual filters if they take long, so that the result is not exact. */
  #collectable(condition: Condition): AccessPath {
    const accessPath = this.#pathOrAll(this.#plan(condition));
    return isCollectedAtOnce(accessPath) ? accessPath : { ...accessPath, isExact: false, residualFilters: [] };
  }

  #mustKnow(id: string): number {
    const number = this.#table.numberOf(id);
    if (number === undefined) throw new Error(`${id} is not there`);
    return number;
  }

  #plan(condition: Condition): Planned {
    const source = { all: this.#table.all, accessPath: (lookup: Lookup) => this.#accessPath(lookup) };
    return planNode(normalize(condition.root), source);
  }

  #pathOrAll({ accessPath }: Planned): AccessPath {
    return accessPath ?? accessPathOf(this.#table.all, false);
  }

  #accessPath(lookup: Lookup): AccessPath | NoAccessPath {
    if (lookup.kind === 'present') return this.#smallest(lookup.paths);
    const [member] = lookup.path;
    if (member === 'id' || member === 'name') return accessByTexts(this.#table, member, lookup);
    const values = this.#valuesAt(lookup.path);
    return 'reason' in values ? values : accessByValues(values, lookup, this.#table.all);
  }

  #valuesAt(path: SubjectPath): PathValues | NoAccessPath {
    const [member, ...names] = path;
    const printed = printPath(path);
    if (member === 'tags' && names.length > 0) {
      const values = this.#tags.at(names);
      if (values === 'left-out') return { reason: `${printed} is beyond the limit of indexed paths` };
      return values === 'incomplete' ? { reason: `${printed} is still being indexed` } : values;
    }
    if (member !== 'reported' || names.length === 0) return { reason: `${printed} is not indexed` };
    const values = this.#reported.at(names);
    if (values === 'unwatched') return { reason: `${printed} is not watched` };
    return values === 'incomplete' ? { reason: `${printed} is still being indexed` } : values;
  }

  /** Of paths that must all have a value, the path that the fewest devices have. */
  #smallest(paths: readonly SubjectPath[]): AccessPath | NoAccessPath {
    const accessPaths = paths.map((path) =>
      this.#accessPath({ kind: 'types', path, types: VALUE_TYPES, orMissing: false }),
    );
    const known = accessPaths.filter(isAccessPath).sort((left, right) => left.estimate - right.estimate);
    const [first] = known;
    if (first) return { ...first, isExact: false };
    return accessPaths.find((accessPath) => !isAccessPath(accessPath)) ?? { reason: 'it reads nothing' };
  }

  *#paths(): Generator<readonly [path: readonly string[], values: PathValues], void, undefined> {
    for (const [names, values] of this.#tags.all()) yield [['tags', ...names], values];
    for (const [names, values] of this.#reported.all()) yield [['reported', ...names], values];
  }

  #keepWithinBudget(): void {
    while (this.#budget.distinct > this.#valuesMax) {
      let largest: PathValues | undefined;
      for (const [, values] of this.#paths()) if (values.distinct > (largest?.distinct ?? 0)) largest = values;
      if (!largest) throw new Error('there are more values than all paths have');
      largest.giveUp();
    }
  }
}

export interface DeviceIndexOptions {
  /** Paths of tags, objects and lists included. Default: 1,000. */
  readonly indexedPathsMax?: number;
  /** Distinct values and elements, summed over all paths. Default: 4,000,000. */
  readonly indexedValuesMax?: number;
}

export interface DeviceIndexCounters {
  readonly devices: number;
  readonly paths: number;
  readonly values: number;
  readonly watched: number;
  /** Blocks of values collected by preparations that are not released yet. */
  readonly prepared: number;
  /** Values at paths of tags that are not indexed; an object counts as one. */
  readonly leftOut: number;
  /** Paths indexed by type only, because they have too many distinct values, such as `device.tags.serial`. */
  readonly givenUp: readonly string[];
}

const INDEXED_PATHS_MAX = 1_000;
const INDEXED_VALUES_MAX = 4_000_000;

function isTags([member, ...names]: SubjectPath): boolean {
  return member === 'tags' && names.length === 0;
}

function namesOf([member, ...names]: SubjectPath): readonly string[] {
  if (member !== 'reported' || names.length === 0) throw new Error('only paths below reported are watched');
  return names;
}

function planOf({ step, accessPath }: Planned): Plan {
  return { estimate: step.estimate, isExact: accessPath?.isExact ?? false, root: step };
}
