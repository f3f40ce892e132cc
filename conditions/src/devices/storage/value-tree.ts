import { isObject, type Json, type JsonObject, valueAt } from '@muster/twin';
import { NumberSet } from '../../collections/number-set.js';
import { PathValues, type ValueBudget } from './path-values.js';

/**
 * The values at every path of a document that some device has, objects and lists included; of so many paths at most.
 *
 * - Of a path that is there every value is there, except those of devices that a refill has not come to yet.
 * - Once a value was left out, no path is begun any more, for what devices have there already would be missing. This lasts
 *   until nothing is left out, or until `refill` was begun, every device given to `fill`, and `complete` asked.
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

  /** How many values of devices are at no path; an object counts as one, whatever is in it. */
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
   * Paths are begun again from now on, as far as there is room; until it is complete they are not used. Answers whether it
   * is so: a good part of all paths must have become free, lest each one of them leads to another walk over all devices.
   */
  refill(): boolean {
    const room = this.#pathsMax - this.#paths;
    if (this.#leftOut === 0 || this.#refill || room === 0 || room < this.#pathsMax * REFILLED_SHARE) return false;
    this.#refills += 1;
    this.#refill = { seen: new NumberSet(), isFull: false };
    return true;
  }

  /** What a change has told of a device is newer. */
  fill(document: JsonObject, number: number): void {
    this.#fillOne(document, number);
    this.#endIfAllIsThere();
  }

  /** Answers whether there is no refill that has not come to all devices. */
  complete(devices: number): boolean {
    if (this.#refill?.seen.size === devices) this.#refill = undefined;
    return this.#refill === undefined;
  }

  /** `left-out`: there may be values at the path that are not known. */
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

  /** What is complete knows the devices that the refill has not come to. */
  #isIncomplete({ begunIn }: Branch): boolean {
    return this.#refill !== undefined && begunIn === this.#refills;
  }

  #endIfAllIsThere(): void {
    if (this.#leftOut === 0) this.#refill = undefined;
  }

  #fillOne(document: JsonObject, number: number): void {
    if (this.#refill?.seen.add(number)) this.#fillMembers(this.#root, document, number, false);
  }

  /** `isNew`: the document itself was left out until now, and nothing in it was counted. */
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
      if (before !== undefined && this.#leftOut === 0)
        throw new Error(`nothing is known of the value at ${name} that is removed`);
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
    if (before !== undefined && !values.remove(before, number))
      throw new Error('a value is removed that was not there');
    if (after !== undefined) values.add(after, number);
  }

  /** A refill begins no path either once it has left one out: those it came to before might have had a value there. */
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
  /** The count of the refill before whose end not all values are known. */
  readonly begunIn: number | undefined;
}

interface Refill {
  /** The devices of which everything is known that is not left out. */
  readonly seen: NumberSet;
  isFull: boolean;
}

/** So much of all paths must be free again. */
const REFILLED_SHARE = 1 / 8;
