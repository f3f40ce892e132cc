import type { TextTestKind, TypeTestKind } from '../language/condition.js';

export type FunctionKind = TextTestKind | TypeTestKind | 'array-contains' | 'lower' | 'version';

/** Spellings in capitals. A function may have several; the first is the canonical one. */
const KINDS: ReadonlyMap<string, FunctionKind> = new Map([
  ['STARTS_WITH', 'starts-with'],
  ['STARTSWITH', 'starts-with'],
  ['ENDS_WITH', 'ends-with'],
  ['CONTAINS', 'contains'],
  ['LOWER', 'lower'],
  ['IS_DEFINED', 'is-defined'],
  ['IS_STRING', 'is-string'],
  ['IS_NUMBER', 'is-number'],
  ['IS_BOOL', 'is-bool'],
  ['ARRAY_CONTAINS', 'array-contains'],
  ['VERSION', 'version'],
]);

export const FUNCTION_NAMES: readonly string[] = [...KINDS.keys()];

/** Returns the function of a name in any case. */
export function functionKind(name: string): FunctionKind | undefined {
  return KINDS.get(name.toUpperCase());
}
