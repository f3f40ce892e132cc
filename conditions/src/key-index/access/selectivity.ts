import { assertNever } from '@muster/twin';
import type { AccessKey, TextKey } from './access-key.js';

/** How many postings there are under a key, and under all keys of its kind at its place. */
export interface PostingCounts {
  readonly ofKey: number;
  readonly ofKind: number;
}

/**
 * The share of subjects that have a key, estimated from how conditions are filed: values that many conditions ask
 * for are taken to be frequent among subjects too, and a value among many is taken to be rare.
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

/** Longer texts are rarer: of each kind so many are assumed before there are any. */
function valuesExpected({ kind, text }: TextKey): number {
  return kind === 'gram' ? 3 * text.length : Math.min(64, 4 * text.length);
}

function among(expected: number, { ofKey, ofKind }: PostingCounts): number {
  return (ofKey + 1) / (ofKind + expected);
}
