import { parseSemanticVersion } from './semantic-version.js';

/**
 * Returns the key of a version: keys sort by UTF-16 code unit in the order of their versions. Versions that differ
 * only in build metadata have the same key. Returns `undefined` if the text is not a version.
 */
export function versionKey(text: string): string | undefined {
  const version = parseSemanticVersion(text);
  if (!version) return undefined;
  const core = version.core.map(numberKey).join('');
  if (version.preRelease.length === 0) return core + RELEASE;
  return core + version.preRelease.map(identifierKey).join('') + END;
}

/** Returns the version of a key, without build metadata. */
export function versionOfKey(key: string): string {
  const core: string[] = [];
  let position = 0;
  while (core.length < 3) {
    const { digits, end } = readNumber(key, position);
    core.push(digits);
    position = end;
  }
  if (key.startsWith(RELEASE, position)) return core.join('.');
  return `${core.join('.')}-${preReleaseOfKey(key, position)}`;
}

const END = '\u0000';
const NUMBER = '\u0001';
const WORD = '\u0002';
/** Sorts after every pre-release of the same version. */
const RELEASE = '\uffff';

const DIGITS = /^[0-9]+$/;

/** The length comes first: without leading zeros, the longer number is greater. A unit holds less than LENGTH_UNIT. */
function numberKey(digits: string): string {
  const { length } = digits;
  const units = MORE.repeat(Math.floor(length / LENGTH_UNIT)) + String.fromCharCode(length % LENGTH_UNIT);
  return units + digits;
}

const LENGTH_UNIT = 0xffff;
const MORE = String.fromCharCode(LENGTH_UNIT);

function readNumber(key: string, start: number): { readonly digits: string; readonly end: number } {
  let position = start;
  while (key[position] === MORE) position += 1;
  const length = (position - start) * LENGTH_UNIT + key.charCodeAt(position);
  const end = position + 1 + length;
  return { digits: key.slice(position + 1, end), end };
}

/** Numbers come before words, and the end of the list before both. */
function identifierKey(identifier: string): string {
  return DIGITS.test(identifier) ? NUMBER + numberKey(identifier) : WORD + identifier + END;
}

function preReleaseOfKey(key: string, start: number): string {
  const identifiers: string[] = [];
  let position = start;
  while (key[position] !== END) {
    if (key[position] === NUMBER) {
      const { digits, end } = readNumber(key, position + 1);
      identifiers.push(digits);
      position = end;
    } else {
      const end = key.indexOf(END, position);
      identifiers.push(key.slice(position + 1, end));
      position = end + 1;
    }
  }
  return identifiers.join('.');
}
