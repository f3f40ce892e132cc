import type { Json } from '@muster/twin';
import type { ComparisonKind, Truth } from './condition.js';

/** The relation of two values: an order, or just equal or different for values without an order. */
export type Relation = 'less' | 'equal' | 'greater' | 'same' | 'different';

/**
 * Returns `undefined` if the values cannot be compared: one is missing, their types differ, or they are objects or
 * arrays. No value is coerced. Texts are ordered by UTF-16 code unit. Two nulls are the same.
 */
export function relate(left: Json | undefined, right: Json | undefined): Relation | undefined {
  if (left === null && right === null) return 'same';
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right ? 'same' : 'different';
  if (typeof left === 'number' && typeof right === 'number') return relationOf(left - right);
  if (typeof left === 'string' && typeof right === 'string')
    return left === right ? 'equal' : left < right ? 'less' : 'greater';
  return undefined;
}

/** Every existing value is comparable with the literal null, so that a condition can say "defined and not null". */
export function relateToNull(value: Json | undefined): Relation | undefined {
  if (value === undefined) return undefined;
  return value === null ? 'same' : 'different';
}

/** Converts the result of a comparing function. */
export function relationOf(order: number): Relation {
  if (order === 0) return 'equal';
  return order < 0 ? 'less' : 'greater';
}

/** Returns the truth of a comparison; UNKNOWN if it needs an order that the values do not have. */
export function judge(kind: ComparisonKind, relation: Relation | undefined): Truth {
  return relation === undefined ? undefined : VERDICTS[kind][relation];
}

/** `1 < x` equals `x > 1`. */
export const MIRRORED: { readonly [kind in ComparisonKind]: ComparisonKind } = {
  equal: 'equal',
  'not-equal': 'not-equal',
  less: 'greater',
  'less-or-equal': 'greater-or-equal',
  greater: 'less',
  'greater-or-equal': 'less-or-equal',
};

/** `NOT a < b` equals `a >= b`: both are UNKNOWN for the same values. */
export const OPPOSITE: { readonly [kind in ComparisonKind]: ComparisonKind } = {
  equal: 'not-equal',
  'not-equal': 'equal',
  less: 'greater-or-equal',
  'less-or-equal': 'greater',
  greater: 'less-or-equal',
  'greater-or-equal': 'less',
};

type Verdicts = { readonly [kind in ComparisonKind]: { readonly [relation in Relation]?: boolean } };

const VERDICTS: Verdicts = {
  equal: { less: false, equal: true, greater: false, same: true, different: false },
  'not-equal': { less: true, equal: false, greater: true, same: false, different: true },
  less: { less: true, equal: false, greater: false },
  'less-or-equal': { less: true, equal: true, greater: false },
  greater: { less: false, equal: false, greater: true },
  'greater-or-equal': { less: false, equal: true, greater: true },
};
