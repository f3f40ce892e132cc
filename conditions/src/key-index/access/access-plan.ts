import { compareBounds, intersectIntervals, intervalType } from '../../language/bound.js';
import type { AndNode, ConditionNode, ConstantNode, OrNode } from '../../language/condition.js';
import { isSamePlace } from '../../language/place.js';
import type { AccessKey, RangeKey } from './access-key.js';
import { leafKeys } from './leaf-keys.js';

/** Estimated share of subjects that have the key, 0 to 1. Affects speed, never results. */
export type Selectivity = (key: AccessKey) => number;

/** Keys a subject must all have, rarest first; at most one of each kind per place. */
export type AccessEntry = readonly [AccessKey, ...AccessKey[]];

/** How to find the subjects of which a condition may be TRUE. */
export type AccessPlan = KeyedPlan | ScannedPlan;

/** The condition is TRUE only of subjects that have all keys of an entry; without entries it is never TRUE. */
export interface KeyedPlan {
  readonly kind: 'keyed';
  readonly entries: readonly AccessEntry[];
}

/** No key is necessary, so every subject is tested. */
export interface ScannedPlan {
  readonly kind: 'scanned';
  readonly reason: string;
}

/** More than the longest condition needs. */
export const ACCESS_ENTRIES_MAX = 2_000;
const ENTRY_KEYS_MAX = 6;
const ALWAYS_THERE = 'the only parts that can be looked up are an id and a name, which every device has';

/** Plans a tree in negation normal form: an AND through its rarest operand, an OR through each operand. */
export function planAccess(node: ConditionNode, selectivity: Selectivity): AccessPlan {
  if (node.kind === 'and') return planAnd(node, selectivity);
  if (node.kind === 'or') return planOr(node, selectivity);
  if (node.kind === 'constant') return planConstant(node);
  const plans = leafKeys(node).map((keys) => keys.filter((key) => !isAlwaysThere(key)));
  if (plans.some((keys) => keys.length === 0)) return { kind: 'scanned', reason: ALWAYS_THERE };
  return limit({ kind: 'keyed', entries: plans.map((keys) => entryOf(keys, selectivity)) });
}

function planConstant({ value }: ConstantNode): AccessPlan {
  return value ? { kind: 'scanned', reason: 'it is TRUE of every device' } : { kind: 'keyed', entries: [] };
}

/** Whether every subject has the key: each has an id and a name, both texts. */
function isAlwaysThere(key: AccessKey): boolean {
  if (key.kind !== 'present' || key.place.form !== 'value' || key.place.path.length > 1) return false;
  const [member] = key.place.path;
  return (member === 'id' || member === 'name') && (key.type === 'any' || key.type === 'string');
}

function planAnd({ operands }: AndNode, selectivity: Selectivity): AccessPlan {
  const plans = operands.map((operand) => planAccess(operand, selectivity));
  const keyed = mergeRanges(plans.filter((plan) => plan.kind === 'keyed'));
  const pivot = cheapest(keyed, selectivity);
  if (pivot === undefined) return plans[0] ?? { kind: 'scanned', reason: 'it asks for nothing' };
  if (plans.length === 1) return pivot;
  const others = keyed.flatMap((plan) => (plan !== pivot && plan.entries.length === 1 ? plan.entries.flat() : []));
  const entries = pivot.entries.map((entry) => entryOf([...entry, ...others], selectivity));
  return { kind: 'keyed', entries };
}

function planOr({ operands }: OrNode, selectivity: Selectivity): AccessPlan {
  const plans: KeyedPlan[] = [];
  for (const operand of operands) {
    const plan = planAccess(operand, selectivity);
    if (plan.kind === 'scanned') return plan;
    plans.push(plan);
  }
  return limit({ kind: 'keyed', entries: plans.flatMap((plan) => plan.entries) });
}

function limit(plan: KeyedPlan): AccessPlan {
  if (plan.entries.length <= ACCESS_ENTRIES_MAX) return plan;
  return { kind: 'scanned', reason: `it would have to be looked up under more than ${ACCESS_ENTRIES_MAX} keys` };
}

function entryOf(keys: readonly AccessKey[], selectivity: Selectivity): AccessEntry {
  const ranked = keys
    .map((key) => ({ key, selectivity: selectivity(key) }))
    .sort((left, right) => left.selectivity - right.selectivity);
  const kept: AccessKey[] = [];
  for (const { key } of ranked) {
    if (kept.length === ENTRY_KEYS_MAX) break;
    if (!kept.some((other) => other.kind === key.kind && isSamePlace(other.place, key.place))) kept.push(key);
  }
  const [rarest, ...others] = kept;
  if (rarest === undefined) throw new Error('an entry has at least one key');
  return [rarest, ...others];
}

/** The plan that expects the fewest subjects. */
function cheapest(plans: readonly KeyedPlan[], selectivity: Selectivity): KeyedPlan | undefined {
  let best: KeyedPlan | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const plan of plans) {
    const cost = plan.entries.reduce((sum, [rarest]) => sum + selectivity(rarest), 0);
    if (cost < least) [best, least] = [plan, cost];
  }
  return best;
}

/** Merges `a > 3` and `a <= 10` into one range, which is rarer than either. */
function mergeRanges(plans: readonly KeyedPlan[]): KeyedPlan[] {
  const merged: KeyedPlan[] = [];
  for (const plan of plans) {
    const range = onlyRange(plan);
    const at = range && merged.findIndex((other) => canMerge(onlyRange(other), range));
    const other = at === undefined ? undefined : merged[at];
    const otherRange = other && onlyRange(other);
    if (at === undefined || !range || !otherRange) merged.push(plan);
    else merged[at] = rangePlan({ ...range, ...intersectIntervals(range, otherRange) });
  }
  return merged;
}

function onlyRange({ entries: [first, second] }: KeyedPlan): RangeKey | undefined {
  if (first === undefined || second !== undefined || first.length > 1) return undefined;
  const [key] = first;
  return key.kind === 'range' ? key : undefined;
}

function canMerge(left: RangeKey | undefined, right: RangeKey): boolean {
  return left !== undefined && intervalType(left) === intervalType(right) && isSamePlace(left.place, right.place);
}

function rangePlan(key: RangeKey): KeyedPlan {
  const isEmpty = key.above && key.below && compareBounds(key.above, key.below) >= 0;
  return { kind: 'keyed', entries: isEmpty ? [] : [[key]] };
}
