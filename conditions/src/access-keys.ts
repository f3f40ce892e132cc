import { type AccessKey, type RangeKey, samePlace } from './access-key.js';
import type { AndNode, ConditionNode, OrNode } from './condition.js';
import { compareCuts } from './cut.js';
import { leafKeys } from './leaf-keys.js';

/** About which part of all subjects have the key, from 0 to 1. It decides what is fast, never what is right. */
export type Share = (key: AccessKey) => number;

/** The rarest key first; of those at one place only one of a kind. A subject has all of them or not the entry. */
export type AccessEntry = readonly [AccessKey, ...AccessKey[]];

/** How the subjects are found for which a condition may be TRUE. */
export type AccessPlan = KeyedPlan | ScannedPlan;

/** The condition is TRUE only of subjects that have an entry; without entries it is never TRUE. */
export interface KeyedPlan {
  readonly kind: 'keyed';
  readonly entries: readonly AccessEntry[];
}

/** Nothing has to be true of a subject. */
export interface ScannedPlan {
  readonly kind: 'scanned';
  readonly reason: string;
}

/** More than a condition of the longest text can ask for. */
export const ACCESS_ENTRIES_MAX = 2_000;
const ENTRY_KEYS_MAX = 6;

/** For a tree in negation normal form. An AND is entered through one operand, an OR through each. */
export function planAccess(node: ConditionNode, share: Share): AccessPlan {
  if (node.kind === 'and') return planAnd(node, share);
  if (node.kind === 'or') return planOr(node, share);
  const plans = leafKeys(node).map((keys) => keys.filter((key) => !isAlwaysThere(key)));
  if (plans.some((keys) => keys.length === 0)) return { kind: 'scanned', reason: reasonFor(node) };
  return limit({ kind: 'keyed', entries: plans.map((keys) => entryOf(keys, share)) });
}

/** Every subject has an id and a name, both texts. */
function isAlwaysThere(key: AccessKey): boolean {
  if (key.kind !== 'present' || key.place.form !== 'value' || key.place.path.length > 1) return false;
  const [member] = key.place.path;
  return (member === 'id' || member === 'name') && (key.type === 'any' || key.type === 'string');
}

function reasonFor(node: ConditionNode): string {
  if (node.kind === 'constant') return 'it is TRUE of every device';
  return 'all it asks for in a way that can be looked up is what every device has: an id and a name';
}

function planAnd({ operands }: AndNode, share: Share): AccessPlan {
  const plans = operands.map((operand) => planAccess(operand, share));
  const keyed = mergeRanges(plans.filter((plan) => plan.kind === 'keyed'));
  const pivot = cheapest(keyed, share);
  if (pivot === undefined) return plans[0] ?? { kind: 'scanned', reason: 'it asks for nothing' };
  if (plans.length === 1) return pivot;
  const others = keyed.flatMap((plan) => (plan !== pivot && plan.entries.length === 1 ? plan.entries.flat() : []));
  const entries = pivot.entries.map((entry) => entryOf([...entry, ...others], share));
  return { kind: 'keyed', entries };
}

function planOr({ operands }: OrNode, share: Share): AccessPlan {
  const plans: KeyedPlan[] = [];
  for (const operand of operands) {
    const plan = planAccess(operand, share);
    if (plan.kind === 'scanned') return plan;
    plans.push(plan);
  }
  return limit({ kind: 'keyed', entries: plans.flatMap((plan) => plan.entries) });
}

function limit(plan: KeyedPlan): AccessPlan {
  if (plan.entries.length <= ACCESS_ENTRIES_MAX) return plan;
  return { kind: 'scanned', reason: `it would have to be looked up under more than ${ACCESS_ENTRIES_MAX} keys` };
}

function entryOf(keys: readonly AccessKey[], share: Share): AccessEntry {
  const ranked = keys.map((key) => ({ key, share: share(key) })).sort((left, right) => left.share - right.share);
  const kept: AccessKey[] = [];
  for (const { key } of ranked) {
    if (kept.length === ENTRY_KEYS_MAX) break;
    if (!kept.some((other) => other.kind === key.kind && samePlace(other.place, key.place))) kept.push(key);
  }
  const [rarest, ...others] = kept;
  if (rarest === undefined) throw new Error('an entry has at least one key');
  return [rarest, ...others];
}

/** The plan by which the fewest subjects are expected; none is better than one that is never TRUE. */
function cheapest(plans: readonly KeyedPlan[], share: Share): KeyedPlan | undefined {
  let best: KeyedPlan | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const plan of plans) {
    const cost = plan.entries.reduce((sum, [rarest]) => sum + share(rarest), 0);
    if (cost < least) [best, least] = [plan, cost];
  }
  return best;
}

/** `a > 3` and `a <= 10` as one range, which fewer subjects have than either. */
function mergeRanges(plans: readonly KeyedPlan[]): KeyedPlan[] {
  const merged: KeyedPlan[] = [];
  for (const plan of plans) {
    const range = onlyRange(plan);
    const at = range && merged.findIndex((other) => canMerge(onlyRange(other), range));
    const other = at === undefined ? undefined : merged[at];
    const otherRange = other && onlyRange(other);
    if (at === undefined || !range || !otherRange) merged.push(plan);
    else merged[at] = rangePlan(intersect(range, otherRange));
  }
  return merged;
}

function onlyRange({ entries: [first, second] }: KeyedPlan): RangeKey | undefined {
  if (first === undefined || second !== undefined || first.length > 1) return undefined;
  const [key] = first;
  return key.kind === 'range' ? key : undefined;
}

function canMerge(left: RangeKey | undefined, right: RangeKey): boolean {
  return left !== undefined && typeof boundOf(left) === typeof boundOf(right) && samePlace(left.place, right.place);
}

function boundOf({ above, below }: RangeKey): number | string | undefined {
  return (above ?? below)?.value;
}

function intersect(left: RangeKey, right: RangeKey): RangeKey {
  const above = outer(left.above, right.above, 1);
  const below = outer(left.below, right.below, -1);
  return { kind: 'range', place: left.place, ...(above && { above }), ...(below && { below }) };
}

/** The higher of two cuts (direction 1) or the lower (-1). */
function outer<Item extends RangeKey['above']>(left: Item, right: Item, direction: 1 | -1): Item {
  if (left === undefined || right === undefined) return left ?? right;
  return compareCuts(left, right) * direction > 0 ? left : right;
}

function rangePlan(key: RangeKey): KeyedPlan {
  const isEmpty = key.above && key.below && compareCuts(key.above, key.below) >= 0;
  return { kind: 'keyed', entries: isEmpty ? [] : [[key]] };
}
