import { refuse } from './refuse.js';

/** Refuses an unexpected token, with the hint that fits best. */
export function refuseUnexpected(text: string, position: number): never {
  const found = wordAt(text, position) || characterAt(text, position);
  const span = { position, length: found.length };
  if (found === '')
    return refuse(span, 'the condition ends too early', 'a value, a path or a closing character is missing here');
  if (INVISIBLE.test(found)) {
    return refuse(
      span,
      `there is an invisible character, ${codePoint(found)}`,
      'replace it with an ordinary space, or remove it',
    );
  }
  return refuse(span, `${found} is not expected here`, hintFor(found, text.slice(0, position)));
}

/** Returns the characters at a position that may be meant as one name; empty if there are none. */
export function wordAt(text: string, position: number): string {
  NAME_CHARACTERS.lastIndex = position;
  return NAME_CHARACTERS.exec(text)?.[0] ?? '';
}

/** All except spaces, invisible characters, quotes and the punctuation of the language. Matches at `lastIndex` only. */
const NAME_CHARACTERS = /(?:[\w$-]|[^\p{ASCII}\p{Z}\p{C}‘’“”])+/uy;

const INVISIBLE = /^[\s\p{Z}\p{C}]+$/u;

const KEYWORD = /^(?:AND|OR|IN|NOT)$/i;

function characterAt(text: string, position: number): string {
  const code = text.codePointAt(position);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Hints by first character, for habits from other languages. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'a comparison is written with one of = == != <> < <= > >='],
  ...spread('<>', 'a comparison needs a path or a literal on either side'),
  ...spread('&|', 'join conditions with AND (&&) and OR (||), and write a condition on either side'),
  ...spread('+-*/%^~', 'there is no arithmetic: compare a path with a literal or with another path'),
  ...spread(',;', 'a condition is one expression: join its parts with AND or OR'),
  ...spread(')]', 'something is missing before it, or nothing is open to close'),
  ...spread('`‘’“”', 'write a text in \' or "'),
  ['[', 'write a list right of IN, or a name in quotes in brackets after a path'],
  ['(', 'write parentheses around a condition, or after the name of a function'],
  ['.', 'write a path like device.tags.region, and a number like 0.5'],
  ['!', 'write NOT before a whole condition, and != or <> for unequal'],
  ['?', 'there is no ?: and no ?. in conditions: a missing path makes a comparison UNKNOWN'],
  [':', 'a comparison is written with one of = == != <> < <= > >='],
]);

function spread(characters: string, hint: string): [string, string][] {
  return [...characters].map((character) => [character, hint]);
}

function hintFor(found: string, before: string): string {
  if (KEYWORD.test(found))
    return 'write AND and OR between two conditions, IN between a path and a list, NOT before a condition';
  const known = HINTS.get(characterAt(found, 0));
  if (known !== undefined) return known;
  if (before.trim() === '') return 'a condition begins with a path, a function, NOT or a parenthesis';
  return 'join conditions with AND or OR, and put texts in quotes';
}
