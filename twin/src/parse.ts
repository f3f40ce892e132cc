import { TwinError } from './error.js';
import { isObject, type Json, type JsonObject } from './json.js';
import { LIMITS } from './limit.js';

/** Parses text that must hold a JSON object, with the guards of `parseJson`. */
export function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new TwinError('malformed', 'a JSON object is needed here');
}

/**
 * JSON.parse behind guards that run before anything recursive: nesting, and numbers that would not survive
 * (integers beyond ±(2^53 − 1) as written, anything that becomes Infinity).
 */
export function parseJson(text: string): Json {
  scan(text);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new TwinError('malformed', `not valid JSON: ${(cause as Error).message}`, {}, { cause });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

/** One pass over the text: strings are skipped, brackets counted, numbers looked at. */
function scan(text: string): void {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > LIMITS.textDepthMax) throw tooDeep();
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (code === MINUS || isDigit(code)) index = endOfNumber(text, index);
  }
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}

/** The index of the number's last character. Short integers, nearly all there are, cost no conversion. */
function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  let isInteger = true;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(code)) continue;
    if (code !== 0x2e && code !== 0x65 && code !== 0x45 && code !== 0x2b && code !== MINUS) break;
    isInteger = false;
  }
  if (end - start > 15 || !isInteger) checkNumber(text.slice(start, end), isInteger);
  return end - 1;
}

function checkNumber(written: string, isInteger: boolean): void {
  const value = Number(written);
  if (
    value === Number.POSITIVE_INFINITY ||
    value === Number.NEGATIVE_INFINITY ||
    (isInteger && !Number.isSafeInteger(value))
  ) {
    throw new TwinError(
      'bad-number',
      `the number ${written.slice(0, 40)} would not survive: integers reach to ±(2^53 − 1)`,
    );
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function tooDeep(): TwinError {
  return new TwinError('too-deep', `nested deeper than ${LIMITS.textDepthMax} levels`);
}
