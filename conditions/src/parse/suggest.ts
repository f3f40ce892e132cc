import { printPath, printText } from '../language/print.js';
import { FUNCTION_NAMES } from './function-name.js';

/** The members of `device`. A path has to name a value within a `document`. */
export const MEMBERS: ReadonlyMap<string, 'value' | 'document'> = new Map([
  ['id', 'value'],
  ['name', 'value'],
  ['tags', 'document'],
  ['reported', 'document'],
  ['desired', 'document'],
  ['connected', 'value'],
  ['lastSeenAt', 'value'],
  ['createdAt', 'value'],
]);

/** Returns a suggestion for a path that does not begin with `device`. */
export function suggestPath(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  if (nearest(first, ['device']) !== undefined && rest.length > 0) return didYouMean(printPath(repairMember(rest)));
  const member = nearest(first, [...MEMBERS.keys()]);
  if (member !== undefined) return didYouMean(printPath([member, ...rest]));
  const path = printPath(['tags', ...names]);
  if (rest.length > 0) return didYouMean(path);
  return `did you mean \`${path}\`, or the text ${printText(first)} in quotes?`;
}

/** Returns a suggestion for an unknown member of `device`. */
export function suggestMember(names: readonly string[]): string {
  return didYouMean(printPath(repairMember(names)));
}

export function suggestFunction(name: string): string {
  const found = nearest(name.toUpperCase(), FUNCTION_NAMES);
  return found === undefined ? `the functions are ${FUNCTION_NAMES.join(', ')}` : didYouMean(found);
}

/** Shows how to write a name with other characters, as in `device.tags['site-code']`. `before` is the path up to it. */
export function suggestBrackets(before: string, name: string): string {
  return `write \`${before}[${printText(name)}]\`: write a name with other characters in brackets and quotes`;
}

function repairMember([first = '', ...rest]: readonly string[]): string[] {
  const member = nearest(first, [...MEMBERS.keys()]);
  return member === undefined ? ['tags', first, ...rest] : [member, ...rest];
}

function didYouMean(text: string): string {
  return `did you mean \`${text}\`?`;
}

/** Returns the candidate with the fewest edits, if they are few for its length. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: countEdits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.floor(candidate.length / 3))
    .toSorted((left, right) => left.edits - right.edits);
  return ranked[0]?.candidate;
}

/** Returns the number of letters to add, remove or replace to get from one word to the other (Levenshtein). */
function countEdits(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (let column = 1; column < row.length; column += 1) {
      const replaced = at(row, column - 1) + (letter === right[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, at(row, column) + 1, at(next, column - 1) + 1));
    }
    row = next;
  }
  return at(row, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
