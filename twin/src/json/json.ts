export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };
export type MutableJsonObject = { [name: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Whether the object has no members. Listing them would cost time for every report. */
export function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** Equal as JSON values: the order of members does not matter, that of elements does; -0 equals 0. */
export function canonicalEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(left, right);
  return isObject(left) && isObject(right) && equalObjects(left, right);
}

function equalLists(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((item, index) => canonicalEqual(item, right[index]));
}

function equalObjects(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && canonicalEqual(left[name], right[name]))
  );
}

/** Reads a member without looking at the prototype: `constructor` and `toString` are plain data. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets an own member, also where the name is `__proto__`, which an assignment would take for the prototype. */
export function setOwn(object: MutableJsonObject, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
