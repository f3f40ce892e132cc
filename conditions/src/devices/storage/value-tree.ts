import { isObject, type Json, type JsonObject, valueAt } from '@muster/twin';
import { NumberSet } from '../../collections/number-set.js';
import { PathValues, type ValueBudget } from './path-values.js';

/**
 * The values at every path of a document that a device has, objects and lists included, up to a limit of paths.
 *
 * - An indexed path has all values, except those of devices that a refill has not reached yet.
 * - Once a value was left out, no path is added, because existing values there would be missing. This lasts until nothing
 *   is left out, or until a refill has visited every device.
 */
export class ValueTree {
  readonly #budget: ValueBudget;
  readonly #pathsMax: number;
  readonly #root: Branch;
  #paths = 0;
  #leftOut = 0;
  #refills = 0;
  #refill: Refill | undefined;

  constructor(budget: ValueBudget, pathsMax: number) {
    this.#budget = budget;
    this.#pathsMax = pathsMax;
    this.#root = this.#branch();
  }

  get paths(): number {
    return this.#paths;
  }

  /** The number of values at paths that are not indexed; an object counts as one. */
  get leftOut(): number {
    return this.#leftOut;
  }

  change(before: JsonObject | undefined, after: JsonObject | undefined, number: number): void {
    if (before === after) return;
    this.#fillOne(before ?? {}, number);
    this.#changeMembers(this.#root, before ?? {}, after ?? {}, number);
    if (!after) this.#refill?.seen.delete(number);
    this.#endIfAllIsThere();
  }

  /**
   * Begins to add paths again, as far as there is room; they are not used before `complete`. Returns whether it started:
   * an eighth of the limit must be free, so that not every freed path causes a walk over all devices.
   */
  refill(): boolean {
    const room = this.#pathsMax - this.#paths;
    if (this.#leftOut === 0 || this.#refill || room === 0 || room < this.#pathsMax * REFILLED_SHARE) return false;
    this.#refills += 1;
    this.#refill = { seen: new NumberSet(), isFull: false };
    return true;
  }

  /** Ignores a device that has changed since: the change was newer. */
  fill(document: JsonObject, number: number): void {
    this.#fillOne(document, number);
    this.#endIfAllIsThere();
  }

  /** Ends a refill that has visited all devices; returns whether none is in progress. */
  complete(devices: number): boolean {
    if (this.#refill?.seen.size === devices) this.#refill = undefined;
    return this.#refill === undefined;
  }

  /** `left-out`: values at the path may be missing. */
  at(path: readonly string[]): PathValues | 'left-out' | 'incomplete' {
    let branch: Branch | undefined = this.#root;
    for (const name of path) branch = branch?.branches.get(name);
    if (branch && this.#isIncomplete(branch)) return 'incomplete';
    return branch?.values ?? (this.#leftOut > 0 ? 'left-out' : new PathValues({ distinct: 0 }));
  }

  *all(): Generator<readonly [path: readonly string[], values: PathValues], void, undefined> {
    const rest: [string[], Branch][] = [[[], this.#root]];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const [path, { branches, values }] = next;
      if (path.length > 0) yield [path, values];
      for (const [name, branch] of branches) rest.push([[...path, name], branch]);
    }
  }

  #branch(): Branch {
    return { branches: new Map(), values: new PathValues(this.#budget), begunIn: this.#refill && this.#refills };
  }

  /** Whether the path was added by the current refill, so that devices may be missing. */
  #isIncomplete({ begunIn }: Branch): boolean {
    return this.#refill !== undefined && begunIn === this.#refills;
  }

  #endIfAllIsThere(): void {
    if (this.#leftOut === 0) this.#refill = undefined;
  }

  #fillOne(document: JsonObject, number: number): void {
    if (this.#refill?.seen.add(number)) this.#fillMembers(this.#root, document, number, false);
  }

  /** `isNew`: the document itself was left out until now, so that its members were not counted. */
  #fillMembers(parent: Branch, document: JsonObject, number: number, isNew: boolean): void {
    for (const [name, value] of Object.entries(document)) {
      const branch = parent.branches.get(name) ?? this.#begin(parent, name);
      const isAdded = branch !== undefined && this.#isIncomplete(branch);
      if (isAdded) branch.values.add(value, number);
      this.#leftOut += Number(isNew && !branch) - Number(isAdded && !isNew);
      if (branch && isObject(value)) this.#fillMembers(branch, value, number, isAdded);
    }
  }

  #changeMembers(branch: Branch, before: JsonObject, after: JsonObject, number: number): void {
    for (const name of Object.keys(before)) {
      this.#changeMember(branch, name, before[name], valueAt(after, [name]), number);
    }
    for (const name of Object.keys(after)) {
      if (!Object.hasOwn(before, name)) this.#changeMember(branch, name, undefined, after[name], number);
    }
  }

  #changeMember(parent: Branch, name: string, before: Json | undefined, after: Json | undefined, number: number): void {
    if (before === after) return;
    const branch = parent.branches.get(name) ?? (after === undefined ? undefined : this.#begin(parent, name));
    if (!branch) {
      if (before !== undefined && this.#leftOut === 0) throw new Error(`the removed value at ${name} was not indexed`);
      this.#leftOut += Number(after !== undefined) - Number(before !== undefined);
      return;
    }
    this.#changeValue(branch, before, after, number);
    this.#changeMembers(branch, isObject(before) ? before : {}, isObject(after) ? after : {}, number);
    if (!branch.values.isEmpty) return;
    parent.branches.delete(name);
    this.#paths -= 1;
  }

  #changeValue({ values }: Branch, before: Json | undefined, after: Json | undefined, number: number): void {
    if (isObject(before) && isObject(after)) return;
    if (before !== undefined && !values.remove(before, number)) throw new Error('the removed value was not indexed');
    if (after !== undefined) values.add(after, number);
  }

  /** A refill that has left out a path adds no more: devices visited before may have a value there. */
  #begin(parent: Branch, name: string): Branch | undefined {
    const isFull = this.#refill ? this.#refill.isFull : this.#leftOut > 0;
    if (isFull || this.#paths >= this.#pathsMax) {
      if (this.#refill) this.#refill.isFull = true;
      return undefined;
    }
    const branch = this.#branch();
    parent.branches.set(name, branch);
    this.#paths += 1;
    return branch;
  }
}

interface Branch {
  readonly branches: Map<string, Branch>;
  readonly values: PathValues;
  /** The refill that must finish before all values here are known. */
  readonly begunIn: number | undefined;
}

interface Refill {
  /** The devices that the refill has visited. */
  readonly seen: NumberSet;
  isFull: boolean;
}

/** Share of the limit that must be free again. */
const REFILLED_SHARE = 1 / 8;
