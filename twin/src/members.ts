import { TwinError } from './error.js';
import { isObject, type Json, own } from './json.js';
import { formatPointer } from './path.js';
import { suggestName } from './suggest-name.js';

/** A value that somebody wrote, undefined where it was left away, and its JSON Pointer. */
export interface Place {
  readonly value: Json | undefined;
  readonly path: string;
}

/** Looks up the members of an object that may have only the known ones; `malformed` where it is no object. */
export function membersOf<Name extends string>({ value, path }: Place, known: readonly Name[]): (name: Name) => Place {
  const object = isObject(value) ? value : refuseType({ value, path }, 'an object');
  const unknown = Object.keys(object).find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw unknownMember(`${path}${formatPointer([unknown])}`, unknown, known);
  return (name) => ({ value: own(object, name), path: `${path}/${name}` });
}

/** Refuses as `malformed` what is missing or of another type (PROTOCOL, HTTP API). `wanted` names the type. */
export function refuseType({ value, path }: Place, wanted: string): never {
  throw new TwinError(
    'malformed',
    `${path} ${value === undefined ? 'is missing' : 'has the wrong type'}: write ${wanted}`,
    { path },
  );
}

export function refuseValue({ path }: Place, advice: string): never {
  throw new TwinError('bad-request', `${path} ${advice}`, { path });
}

/** Elements with their places; `malformed` where it is no list. */
export function elementsOf(place: Place, wanted: string): readonly Place[] {
  const { value, path } = place;
  if (!Array.isArray(value)) return refuseType(place, wanted);
  return value.map((element: Json, index) => ({ value: element, path: `${path}/${index}` }));
}

export function textOf(place: Place, wanted: string): string {
  return typeof place.value === 'string' ? place.value : refuseType(place, wanted);
}

export function numberOf(place: Place, wanted: string): number {
  return typeof place.value === 'number' ? place.value : refuseType(place, wanted);
}

/** An integer within its bounds, both of which are allowed. */
export function integerOf(place: Place, min: number, max: number): number {
  const value = numberOf(place, `an integer from ${min} to ${max}`);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuseValue(place, `is out of range: write an integer from ${min} to ${max}`);
}

/** One of a few words. */
export function wordOf<Word extends string>(place: Place, words: readonly Word[]): Word {
  const written = textOf(place, quoted(words));
  const word = words.find((one) => one === written);
  return word ?? refuseValue(place, `is not known: ${meant(written, words)}write ${quoted(words)}`);
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(' or ');
}

function unknownMember(path: string, name: string, known: readonly string[]): TwinError {
  return new TwinError('bad-request', `${path} is not known here: ${meant(name, known)}known are ${known.join(', ')}`, {
    path,
  });
}

function meant(written: string, known: readonly string[]): string {
  const name = suggestName(written, known);
  return name === undefined ? '' : `did you mean ${name}? `;
}
