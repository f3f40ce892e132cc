import type { Json } from '@muster/twin';
import type { SubjectPath } from './condition.js';
import { versionKey } from './version-key.js';

/** A path, and the form in which its value is compared. */
export interface Place {
  readonly path: SubjectPath;
  readonly form: PlaceForm;
}

/** The value itself, its LOWER, or its VERSION as a `versionKey`. */
export type PlaceForm = 'value' | 'lower' | 'version';

export function isSamePlace(left: Place, right: Place): boolean {
  if (left === right) return true;
  if (left.form !== right.form || left.path.length !== right.path.length) return false;
  return left.path.every((name, index) => name === right.path[index]);
}

/** Returns a value in a form; undefined if its LOWER or VERSION is UNKNOWN. */
export function projectValue(form: PlaceForm, value: Json | undefined): Json | undefined {
  if (form === 'value') return value;
  return typeof value === 'string' ? projectText(form, value) : undefined;
}

export function projectText(form: PlaceForm, text: string): string | undefined {
  if (form === 'value') return text;
  return form === 'lower' ? text.toLowerCase() : versionKey(text);
}
