import { isObject, type Json, type JsonObject } from '@muster/twin';

/**
 * Returns one merge patch with the effect of `first` followed by `second` on every document. Undefined if there is
 * none: RFC 7396 merges an object into the existing value, so "remove this value, then put an object in its place"
 * takes two patches.
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

/** A later null, scalar or list wins. A null stays in the patch, because the document may have the member. */
function composeMember(earlier: Json, later: Json): Json | undefined {
  if (!isObject(later)) return later;
  return isObject(earlier) ? composePatch(earlier, later) : undefined;
}
