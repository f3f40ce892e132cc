import { isObject, type Json, type JsonObject } from '@muster/twin';

/**
 * One merge patch that does to every document what `first` and then `second` do to it, or undefined where no
 * single patch can: RFC 7396 merges an object into what is there, so that "erase this value, then put an object
 * in its place" has to travel as two patches.
 */
export function composePatch(first: JsonObject, second: JsonObject): JsonObject | undefined {
  const members = new Map<string, Json>(Object.entries(first));
  for (const [name, later] of Object.entries(second)) {
    const composed = members.has(name) ? composeMember(members.get(name) as Json, later) : later;
    if (composed === undefined) return undefined;
    members.set(name, composed);
  }
  return Object.fromEntries(members);
}

/** A later null, scalar or list wins outright, and null stays in the patch: the document may hold the name. */
function composeMember(earlier: Json, later: Json): Json | undefined {
  if (!isObject(later)) return later;
  return isObject(earlier) ? composePatch(earlier, later) : undefined;
}
