import type { PreviewChange } from '@muster/api';
import { canonicalEqual, formatPointer, isObject, type Json, type JsonObject, own } from '@muster/twin';

/** A path at which two documents differ. */
export type PathChange = Omit<PreviewChange, 'devices'>;

/**
 * Every path at which two documents differ, in the order of their members. Paths lead to leaves; where one document has
 * an object with members and the other a scalar or an array, the path ends there and the object is the value.
 */
export function pathChanges(before: JsonObject, after: JsonObject): PathChange[] {
  const changes: PathChange[] = [];
  collect('', before, after, changes);
  return changes;
}

function collect(parent: string, before: JsonObject, after: JsonObject, changes: PathChange[]): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(parent + formatPointer([name]), own(before, name), own(after, name), changes);
  }
}

function compare(path: string, before: Json | undefined, after: Json | undefined, changes: PathChange[]): void {
  if (canonicalEqual(before, after)) return;
  const [members, newMembers] = [membersOf(before), membersOf(after)];
  const isWithin = members && newMembers && (hasMembers(members) || hasMembers(newMembers));
  if (isWithin) collect(path, members, newMembers, changes);
  else changes.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

/** An absent value has no members; a scalar or an array cannot have any. */
function membersOf(value: Json | undefined): JsonObject | undefined {
  if (value === undefined) return {};
  return isObject(value) ? value : undefined;
}

function hasMembers(document: JsonObject): boolean {
  return Object.keys(document).length > 0;
}
