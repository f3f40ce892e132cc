import { assertNever } from '@muster/twin';
import type { AccessKey, TextKey } from './access-key.js';

/** The number of postings under a key, and under all keys of its kind at its place. */
export interface PostingCounts {
  readonly ofKey: number;
  readonly ofKind: number;
}

/**
 * Estimates the share of subjects that have a key from the postings. It assumes that a value in many conditions is
 * frequent among subjects, and that one of many different values is rare.
 */
export function estimateSelectivity(key: AccessKey, filed: PostingCounts): number {
  switch (key.kind) {
    case 'equal':
    case 'element':
      return among(typeof key.value === 'string' || typeof key.value === 'number' ? 16 : 2, filed);
    case 'prefix':
    case 'suffix':
    case 'gram':
      return among(valuesExpected(key), filed);
    case 'range':
      return key.above && key.below ? 0.15 : 0.4;
    case 'unequal':
    case 'present':
    case 'absent':
      return 0.9;
    default:
      return assertNever(key);
  }
}

export const NO_POSTINGS: PostingCounts = { ofKey: 0, ofKind: 0 };

/** Longer texts are rarer. Distinct values assumed before any are indexed. */
function valuesExpected({ kind, text }: TextKey): number {
  return kind === 'gram' ? 3 * text.length : Math.min(64, 4 * text.length);
}

function among(expected: number, { ofKey, ofKind }: PostingCounts): number {
  return (ofKey + 1) / (ofKind + expected);
}
