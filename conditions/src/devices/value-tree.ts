import { isObject, type Json, type JsonObject, valueAt } from '@muster/twin';
import { PathValues, type ValueBudget } from './path-values.js';

/** The values at every path of a document that some device has, objects and lists included; of so many paths at most. */
export class ValueTree {
  readonly #budget: ValueBudget;
  readonly #pathsMax: number;
  readonly #root: Branch;
  #paths = 0;
  /** Once a path was left out, no path is begun any more: what devices have there already would be missing. */
  #isFull = false;

  constructor(budget: ValueBudget, pathsMax: number) {
    this.#budget = budget;
    this.#pathsMax = pathsMax;
    this.#root = this.#branch();
  }

  get paths(): number {
    return this.#paths;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  change(before: JsonObject, after: JsonObject, number: number): void {
    if (before !== after) this.#changeMembers(this.#root, before, after, number);
  }

  /** `undefined` if the path may have been left out. */
  at(path: readonly string[]): PathValues | undefined {
    let branch: Branch | undefined = this.#root;
    for (const name of path) branch = branch?.branches.get(name);
    return branch?.values ?? (this.#isFull ? undefined : new PathValues({ distinct: 0 }));
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
    return { branches: new Map(), values: new PathValues(this.#budget) };
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
      if (!this.#isFull) throw new Error(`nothing is known of the value at ${name} that is removed`);
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

  #begin(parent: Branch, name: string): Branch | undefined {
    if (this.#isFull || this.#paths >= this.#pathsMax) {
      this.#isFull = true;
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
}
