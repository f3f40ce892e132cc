import { isObject, type Json, type JsonObject } from '@muster/twin';
import { getOrCreate } from '../collections/get-or-create.js';
import type { Subject, SubjectMember, SubjectPath } from '../language/condition.js';
import type { PlaceForm } from '../language/place.js';
import { IndexedPlace } from './postings/indexed-place.js';

/** One path that conditions read. */
export interface PathSlot {
  readonly path: SubjectPath;
  /** The number of conditions that read it. */
  readers: number;
  readonly places: IndexedPlace[];
}

/**
 * All paths that conditions read, by their names. Reading a subject descends only where both the subject and the trie
 * have members, so its cost is that of the smaller of the two.
 */
export class PathTrie {
  readonly #members = new Map<SubjectMember, Branch>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find([member, ...names]: SubjectPath): PathSlot | undefined {
    let branch = this.#members.get(member);
    for (const name of names) branch = branch?.children.get(name);
    return branch?.slot;
  }

  /** Adds a reader. */
  open(path: SubjectPath): PathSlot {
    const [member, ...names] = path;
    let branch = openBranch(this.#members, member);
    for (const name of names) branch = openBranch(branch.children, name);
    if (!branch.slot) {
      branch.slot = { path, readers: 0, places: [] };
      this.#size += 1;
    }
    branch.slot.readers += 1;
    return branch.slot;
  }

  /** Removes a reader. */
  close(slot: PathSlot): void {
    slot.readers -= 1;
    if (slot.readers > 0) return;
    const [member, ...names] = slot.path;
    this.#size -= 1;
    const branch = this.#members.get(member);
    if (branch && prune(branch, names)) this.#members.delete(member);
  }

  /** Reports whether a slot is an ancestor or a descendant of a leaf of this patch of a member. */
  touches(member: SubjectMember, patch: JsonObject): boolean {
    const branch = this.#members.get(member);
    return branch !== undefined && Object.keys(patch).length > 0 && touches(branch, patch);
  }

  /** Visits each slot for which the subject has a value. */
  read(subject: Subject, visit: (slot: PathSlot, value: Json) => void): void {
    for (const [member, branch] of this.#members) {
      const value = subject[member];
      if (value !== undefined) read(branch, value, visit);
    }
  }
}

/** Returns the place of a path in a form, with one more user. */
export function openPlace(slot: PathSlot, form: PlaceForm): IndexedPlace {
  const known = slot.places.find((place) => place.form === form);
  const place = known ?? new IndexedPlace(form);
  if (!known) slot.places.push(place);
  place.users += 1;
  return place;
}

/** Removes a user; the last one removes the place. */
export function closePlace(slot: PathSlot, form: PlaceForm): void {
  const at = slot.places.findIndex((known) => known.form === form);
  const place = slot.places[at];
  if (!place) return;
  place.users -= 1;
  if (place.users === 0) slot.places.splice(at, 1);
}

interface Branch {
  readonly children: Map<string, Branch>;
  slot: PathSlot | undefined;
}

/** Above this many children, iterate the object's keys instead of the children. */
const CHILDREN_TRIED_MAX = 32;

function openBranch<Name extends string>(branches: Map<Name, Branch>, name: Name): Branch {
  return getOrCreate(branches, name, () => ({ children: new Map(), slot: undefined }));
}

/** Removes the slot at `names` and the branches left empty; returns whether this branch is empty too. */
function prune(top: Branch, names: readonly string[]): boolean {
  const way = [top];
  for (const name of names) {
    const next = way.at(-1)?.children.get(name);
    if (!next) return false;
    way.push(next);
  }
  const last = way.at(-1);
  if (last) last.slot = undefined;
  for (let depth = names.length; depth > 0; depth -= 1) {
    if (!isBare(way[depth])) return false;
    way[depth - 1]?.children.delete(names[depth - 1] ?? '');
  }
  return isBare(top);
}

function isBare(branch: Branch | undefined): boolean {
  return branch !== undefined && branch.slot === undefined && branch.children.size === 0;
}

function read(branch: Branch, value: Json, visit: (slot: PathSlot, value: Json) => void): void {
  if (branch.slot) visit(branch.slot, value);
  const { children } = branch;
  if (children.size === 0 || !isObject(value)) return;
  if (children.size > CHILDREN_TRIED_MAX) readByName(children, value, visit);
  else readByChild(children, value, visit);
}

function readByChild(
  children: ReadonlyMap<string, Branch>,
  value: JsonObject,
  visit: (slot: PathSlot, value: Json) => void,
): void {
  for (const [name, child] of children) {
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner !== undefined) read(child, inner, visit);
  }
}

function readByName(
  children: ReadonlyMap<string, Branch>,
  value: JsonObject,
  visit: (slot: PathSlot, value: Json) => void,
): void {
  for (const name of Object.keys(value)) {
    const child = children.get(name);
    const inner = child && value[name];
    if (child && inner !== undefined) read(child, inner, visit);
  }
}

function touches(branch: Branch, patch: Json): boolean {
  if (branch.slot || !isObject(patch)) return true;
  const names = Object.keys(patch);
  if (names.length === 0) return true;
  return names.some((name) => {
    const child = branch.children.get(name);
    const inner = patch[name];
    return child !== undefined && inner !== undefined && touches(child, inner);
  });
}
