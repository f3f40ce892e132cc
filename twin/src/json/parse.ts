import { TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { isObject, type Json, type JsonObject } from './json.js';
import { survives } from './number.js';

/** Parses text that must hold a JSON object, with the guards of `parseJson`. */
export function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new TwinError('malformed', 'a JSON object is needed here');
}

/**
 * Parses JSON behind guards. Throws `too-deep`, which is counted before anything recursive reads the text, and
 * `malformed` for text that is not JSON. Throws `bad-number` for an integer beyond ±(2^53 − 1), as written or as it
 * would be written again, and for a number that becomes Infinity.
 */
export function parseJson(text: string): Json {
  const badNumber = scan(text);
  const value = parse(text);
  if (badNumber === undefined) return value;
  throw new TwinError(
    'bad-number',
    `the number ${badNumber.slice(0, 40)} would not survive: integers reach to ±(2^53 − 1), send others as text`,
  );
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new TwinError('malformed', `not valid JSON: ${(cause as Error).message}`, {}, { cause });
  }
}

/** A number of at most this many characters and without an exponent survives: nearly all numbers need no conversion. */
const SURVIVING_LENGTH = 15;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

/** Counts brackets and skips strings, in one pass. Returns the first number that would not survive. */
function scan(text: string): string | undefined {
  let depth = 0;
  let badNumber: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > LIMITS.textDepthMax) throw tooDeep();
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (code === MINUS || isDigit(code)) {
      const digitsEnd = endOfDigits(text, index + 1);
      const end = endOfNumber(text, digitsEnd);
      if (end - index > SURVIVING_LENGTH || hasExponent(text, digitsEnd, end)) {
        badNumber ??= badNumberIn(text.slice(index, end), end === digitsEnd);
      }
      index = end - 1;
    }
  }
  return badNumber;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function endOfNumber(text: string, start: number): number {
  let end = start;
  while (end < text.length && isNumberPart(text.charCodeAt(end))) end += 1;
  return end;
}

function hasExponent(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x65 || code === 0x45) return true;
  }
  return false;
}

/** Text that is not a number is left to JSON.parse. */
function badNumberIn(written: string, isInteger: boolean): string | undefined {
  const value = Number(written);
  if (Number.isNaN(value)) return undefined;
  const isGood = isInteger ? Number.isSafeInteger(value) : survives(value);
  return isGood ? undefined : written;
}

function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === MINUS;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function tooDeep(): TwinError {
  return new TwinError('too-deep', `nested deeper than ${LIMITS.textDepthMax} levels`);
}
