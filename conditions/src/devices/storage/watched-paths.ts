import { type Json, type JsonObject, valueAt } from '@muster/twin';
import { NumberSet } from '../../collections/number-set.js';
import { PathValues, type ValueBudget } from './path-values.js';

/** The values at watched paths of a document. A path is usable after every device was filled in. */
export class WatchedPaths {
  readonly #budget: ValueBudget;
  readonly #watched = new Map<string, WatchedPath>();

  constructor(budget: ValueBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#watched.size;
  }

  watch(path: readonly string[]): boolean {
    const key = JSON.stringify(path);
    const known = this.#watched.get(key);
    if (known) known.users += 1;
    else this.#watched.set(key, { path, users: 1, values: new PathValues(this.#budget), seen: new NumberSet() });
    return known === undefined;
  }

  unwatch(path: readonly string[]): boolean {
    const key = JSON.stringify(path);
    const watched = this.#watched.get(key);
    if (!watched) throw new Error(`${key} is not watched`);
    watched.users -= 1;
    if (watched.users > 0) return false;
    watched.values.giveUp();
    return this.#watched.delete(key);
  }

  /** Ignores a device that has changed since: the change was newer. */
  fill(path: readonly string[], document: JsonObject, number: number): void {
    const watched = this.#watched.get(JSON.stringify(path));
    if (!watched?.seen?.add(number)) return;
    const value = valueAt(document, path);
    if (value !== undefined) watched.values.add(value, number);
  }

  complete(path: readonly string[], devices: number): boolean {
    const watched = this.#watched.get(JSON.stringify(path));
    if (!watched) return false;
    if (watched.seen?.size === devices) watched.seen = undefined;
    return watched.seen === undefined;
  }

  change(before: JsonObject | undefined, after: JsonObject | undefined, number: number): void {
    for (const watched of this.#watched.values()) {
      const [old, now] = [memberOf(before, watched), memberOf(after, watched)];
      if (after) watched.seen?.add(number);
      else watched.seen?.delete(number);
      if (old === now && !watched.seen) continue;
      if (old !== undefined && !watched.values.remove(old, number) && !watched.seen) {
        throw new Error(`the value of ${watched.path.join('.')} that is removed was not indexed`);
      }
      if (now !== undefined) watched.values.add(now, number);
    }
  }

  at(path: readonly string[]): PathValues | 'unwatched' | 'incomplete' {
    const watched = this.#watched.get(JSON.stringify(path));
    if (!watched) return 'unwatched';
    return watched.seen ? 'incomplete' : watched.values;
  }

  *all(): Generator<readonly [path: readonly string[], values: PathValues], void, undefined> {
    for (const { path, values } of this.#watched.values()) yield [path, values];
  }
}

interface WatchedPath {
  readonly path: readonly string[];
  users: number;
  readonly values: PathValues;
  /** The devices filled in so far; undefined once all are. */
  seen: NumberSet | undefined;
}

function memberOf(document: JsonObject | undefined, { path }: WatchedPath): Json | undefined {
  return document && valueAt(document, path);
}
