import { TwinError } from './error.js';
import type { Json, JsonObject } from './json.js';
import { LIMITS } from './limit.js';
import { formatPointer } from './path.js';

export type DocumentKind = 'desired' | 'reported' | 'tags';

const BYTES_MAX: Readonly<Record<DocumentKind, number>> = {
  desired: LIMITS.desiredBytesMax,
  reported: LIMITS.reportedBytesMax,
  tags: LIMITS.tagsBytesMax,
};

/**
 * Throws unless the document is within every limit. The codes: `too-deep`, `bad-key`, `too-large` (document
 * or string), `too-many-keys`, `bad-number`; the place is named as a JSON Pointer in `path`.
 */
export function checkDocument(kind: DocumentKind, document: JsonObject): void {
  const keys = checkObject(document, []);
  if (keys > LIMITS.documentKeysMax) {
    throw new TwinError('too-many-keys', `${kind} would have ${keys} keys, ${LIMITS.documentKeysMax} are allowed`);
  }
  const bytes = documentBytes(document);
  if (bytes > BYTES_MAX[kind]) {
    throw new TwinError('too-large', `${kind} would have ${bytes} bytes as JSON, ${BYTES_MAX[kind]} are allowed`);
  }
}

/** The size as UTF-8 JSON. */
export function documentBytes(document: Json): number {
  return utf8Bytes(JSON.stringify(document));
}

/** Checks everything below, and answers how many keys there are. */
function checkValue(value: Json, path: readonly string[]): number {
  if (typeof value === 'string') return checkString(value, path);
  if (typeof value === 'number') return checkNumber(value, path);
  if (value === null || typeof value !== 'object') return 0;
  if (Array.isArray(value)) return checkList(value, path);
  return checkObject(value as JsonObject, path);
}

function checkObject(object: JsonObject, path: readonly string[]): number {
  checkDepth(path);
  let keys = 0;
  for (const name of Object.keys(object)) {
    checkKey(name, path);
    keys += 1 + checkValue(object[name] as Json, [...path, name]);
  }
  return keys;
}

function checkList(list: readonly Json[], path: readonly string[]): number {
  checkDepth(path);
  return list.reduce<number>((keys, item, index) => keys + checkValue(item, [...path, String(index)]), 0);
}

function checkDepth(path: readonly string[]): void {
  if (path.length >= LIMITS.documentDepthMax) {
    throw fault('too-deep', `nested deeper than ${LIMITS.documentDepthMax} levels`, path);
  }
}

function checkKey(name: string, path: readonly string[]): void {
  if (name === '' || name === '__proto__' || hasControlCharacter(name)) {
    throw fault('bad-key', 'a key is not empty, has no control characters and is not __proto__', [...path, name]);
  }
  if (name.length * 3 > LIMITS.keyBytesMax && utf8Bytes(name) > LIMITS.keyBytesMax) {
    throw fault('bad-key', `a key has at most ${LIMITS.keyBytesMax} bytes`, path);
  }
}

function checkString(text: string, path: readonly string[]): number {
  if (text.length * 3 > LIMITS.stringBytesMax && utf8Bytes(text) > LIMITS.stringBytesMax) {
    throw fault('too-large', `a string has at most ${LIMITS.stringBytesMax} bytes`, path);
  }
  return 0;
}

function checkNumber(value: number, path: readonly string[]): number {
  if (!Number.isFinite(value)) throw fault('bad-number', 'a number is finite', path);
  return 0;
}

function fault(
  code: 'too-deep' | 'bad-key' | 'too-large' | 'bad-number',
  message: string,
  path: readonly string[],
): TwinError {
  return new TwinError(code, message, { path: formatPointer(path).slice(0, 256) });
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** Lone surrogates count three bytes, as their replacement would. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    bytes += code < 0x800 || isPairedSurrogate(text, index) ? 1 : 2;
  }
  return bytes;
}

/** Each half of a pair counts two of the four bytes. */
function isPairedSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code >= 0xd800 && code < 0xdc00) return isBetween(text.charCodeAt(index + 1), 0xdc00, 0xdfff);
  return isBetween(code, 0xdc00, 0xdfff) && isBetween(text.charCodeAt(index - 1), 0xd800, 0xdbff);
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}
