import { isObject, type Json, type JsonObject } from '../json/json.js';
import { bytesAtMost } from '../json/json-size.js';
import { survives } from '../json/number.js';
import { formatPointer } from '../json/path.js';
import { TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';
import { exceedsUtf8, truncateUtf8, utf8Bytes } from '../text/utf8.js';

export type DocumentKind = 'desired' | 'reported' | 'tags';

const BYTES_MAX: Readonly<Record<DocumentKind, number>> = {
  desired: LIMITS.desiredBytesMax,
  reported: LIMITS.reportedBytesMax,
  tags: LIMITS.tagsBytesMax,
};

/** An error names the place of the fault, cut to this length: a path may be as long as the document. */
const POINTER_BYTES_MAX = 256;

/**
 * Throws unless the document is within every limit. The codes are `too-deep`, `bad-key`, `too-large` (document
 * or string), `too-many-keys` and `bad-number`; `path` is the JSON Pointer of the fault.
 */
export function checkDocument(kind: DocumentKind, document: JsonObject): void {
  const keys = checkObject(document, undefined);
  if (keys > LIMITS.documentKeysMax) {
    throw new TwinError('too-many-keys', `${kind} would have ${keys} keys, ${LIMITS.documentKeysMax} are allowed`);
  }
  // Most documents are far below the limit; skip serializing those.
  if (bytesAtMost(document) <= BYTES_MAX[kind]) return;
  const text = JSON.stringify(document);
  if (exceedsUtf8(text, BYTES_MAX[kind])) {
    const bytes = utf8Bytes(text);
    throw new TwinError('too-large', `${kind} would have ${bytes} bytes as JSON, ${BYTES_MAX[kind]} are allowed`);
  }
}

/** Returns the size of the document as UTF-8 JSON. */
export function documentBytes(document: Json): number {
  return utf8Bytes(JSON.stringify(document));
}

/** The place of a value, as a chain up to the root, which is undefined. Only faults need the path as text. */
interface Place {
  readonly name: string;
  readonly parent: Place | undefined;
  readonly depth: number;
}

function within(parent: Place | undefined, name: string): Place {
  return { name, parent, depth: parent ? parent.depth + 1 : 1 };
}

/** Checks a value and everything below it. Returns the number of keys. */
function checkValue(value: Json, place: Place): number {
  if (typeof value === 'string') checkString(value, place);
  else if (typeof value === 'number') checkNumber(value, place);
  else if (Array.isArray(value)) return checkList(value, place);
  else if (isObject(value)) return checkObject(value, place);
  return 0;
}

function checkObject(object: JsonObject, place: Place | undefined): number {
  checkDepth(place);
  let keys = 0;
  for (const name of Object.keys(object)) {
    checkKey(name, place);
    keys += 1 + checkValue(object[name] as Json, within(place, name));
  }
  return keys;
}

function checkList(list: readonly Json[], place: Place): number {
  checkDepth(place);
  return list.reduce<number>((keys, item, index) => keys + checkValue(item, within(place, String(index))), 0);
}

function checkDepth(place: Place | undefined): void {
  if (place && place.depth >= LIMITS.documentDepthMax) {
    throw fault('too-deep', `nested deeper than ${LIMITS.documentDepthMax} levels`, place);
  }
}

function checkKey(name: string, parent: Place | undefined): void {
  if (name === '' || name === '__proto__' || hasControlCharacter(name)) {
    throw fault('bad-key', 'a key is not empty, has no control characters and is not __proto__', within(parent, name));
  }
  if (exceedsUtf8(name, LIMITS.keyBytesMax)) {
    throw fault('bad-key', `a key has at most ${LIMITS.keyBytesMax} bytes`, parent);
  }
}

function checkString(text: string, place: Place): void {
  if (exceedsUtf8(text, LIMITS.stringBytesMax)) {
    throw fault('too-large', `a string has at most ${LIMITS.stringBytesMax} bytes`, place);
  }
}

function checkNumber(value: number, place: Place): void {
  if (!survives(value)) throw fault('bad-number', 'a number is finite, an integer within ±(2^53 − 1)', place);
}

function fault(
  code: 'too-deep' | 'bad-key' | 'too-large' | 'bad-number',
  message: string,
  place: Place | undefined,
): TwinError {
  const path: string[] = [];
  for (let step = place; step; step = step.parent) path.unshift(step.name);
  return new TwinError(code, message, { path: truncateUtf8(formatPointer(path), POINTER_BYTES_MAX) });
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
