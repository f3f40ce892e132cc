import { canonicalEqual, isObject, type Json, type JsonObject, type MutableJsonObject, own, setOwn } from './json.js';

/** Applies a JSON merge patch (RFC 7396, section 2). Changes neither argument; unchanged members are shared. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject;
export function mergePatch(target: Json | undefined, patch: Json): Json;
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: MutableJsonObject = isObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name] as Json;
    if (value === null) delete result[name];
    else setOwn(result, name, isObject(value) ? mergePatch(own(result, name), value) : value);
  }
  return result;
}

/**
 * The smallest merge patch that turns `before` into `after`: `mergePatch(before, diff(before, after))` equals
 * `after`. It exists only when no object in `after` has a null member (RFC 7396, section 1); documents that
 * came out of `mergePatch` never have one.
 */
export function diff(before: JsonObject, after: JsonObject): JsonObject {
  const patch: MutableJsonObject = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) setOwn(patch, name, null);
  for (const name of Object.keys(after)) {
    const [old, now] = [own(before, name), after[name] as Json];
    if (old !== undefined && canonicalEqual(old, now)) continue;
    setOwn(patch, name, isObject(old) && isObject(now) ? diff(old, now) : now);
  }
  return patch;
}
