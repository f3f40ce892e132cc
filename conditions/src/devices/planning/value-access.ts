import { assertNever, type Json } from '@muster/twin';
import { type CompactSet, hasNumber, setOf, sizeOfAll, uniteAll } from '../../collections/compact-set.js';
import type { NumberSet } from '../../collections/number-set.js';
import type { Border, SortedBlocks } from '../../collections/sorted-blocks.js';
import { type Interval, intervalType, isAbove } from '../../language/bound.js';
import type { EqualityShape } from '../../language/leaf-shape.js';
import type { PlaceForm } from '../../language/place.js';
import { type Scalar, typeOf, VALUE_TYPES, type ValueType } from '../../language/value-type.js';
import { type OrderedValue, type OrderKind, type PathValues, TEXT_LENGTH_MAX } from '../storage/path-values.js';
import type { AddRelease } from '../storage/preparation.js';
import { type AccessPath, accessPathOf, EMPTY, type NoAccessPath, preparationOf } from './access-path.js';
import type { Lookup } from './lookup.js';

/** The order that a lookup needs; `undefined` if it needs none. */
export function orderFor(lookup: Lookup): OrderKind | undefined {
  if (lookup.kind === 'range') return orderKind(lookup.form, lookup);
  if (lookup.kind === 'prefix') return orderKind(lookup.form);
  const isDerived = (lookup.kind === 'equal' || lookup.kind === 'unequal') && lookup.form !== 'value';
  return isDerived ? orderKind(lookup.form) : undefined;
}

/** The access path of a lookup at a path. `all` contains all devices, with or without a value. */
export function accessByValues(values: PathValues, lookup: Lookup, all: NumberSet): AccessPath | NoAccessPath {
  switch (lookup.kind) {
    case 'equal':
      return values.isGivenUp ? atMost(values, typesOf(lookup)) : equalAccess(values, lookup);
    case 'unequal':
      return unequalAccess(values, lookup);
    case 'range': {
      const kind = orderKind(lookup.form, lookup);
      if (kind !== 'number' && intervalType(lookup) === 'number') return EMPTY;
      if (values.isGivenUp) return atMost(values, [kind === 'number' ? 'number' : 'string']);
      return orderAccess(values, kind, (order) => bordersOf(order, lookup));
    }
    case 'prefix':
      if (values.isGivenUp) return atMost(values, ['string']);
      return orderAccess(values, orderKind(lookup.form), (order) => prefixBorders(order, lookup.text));
    case 'types':
      return typesAccess(values, lookup.types, lookup.orMissing ? all : undefined);
    case 'element':
      return elementAccess(values, lookup.value, lookup.isNegated);
    case 'filter':
      return filterAccess(values, lookup.holds, all);
    case 'present':
      return atMost(values, VALUE_TYPES);
    default:
      return assertNever(lookup);
  }
}

/** Above this many values, the devices are estimated, not counted. */
const COUNTED_VALUES_MAX = 4_096;
/** Above this many values, a condition without an order is not tested value by value. */
const FILTERED_VALUES_MAX = 50_000;

function atMost(values: PathValues, types: readonly ValueType[]): AccessPath {
  return { ...typesAccess(values, types), isExact: false };
}

function typesAccess(values: PathValues, types: readonly ValueType[], all?: NumberSet): AccessPath {
  const sets = types.map((type) => values.ofType(type)).filter(({ size }) => size > 0);
  const size = sets.reduce((sum, set) => sum + set.size, 0);
  const [only, second] = sets;
  if (!all) return only && !second ? accessPathOf(only) : unionOf(sets, size);
  const others = VALUE_TYPES.filter((type) => !types.includes(type)).map((type) => values.ofType(type));
  const otherSize = others.reduce((sum, set) => sum + set.size, 0);
  const base = () => others.reduce((rest, set) => (set.size === 0 ? rest : rest.subtract(set)), all);
  return { ...EMPTY, estimate: all.size - otherSize, cost: otherSize, base };
}

function unionOf(sets: readonly CompactSet[], size = sizeOfAll(sets)): AccessPath {
  const [only, second] = sets;
  if (only !== undefined && second === undefined) return accessPathOf(setOf(only));
  const accessPath = { ...EMPTY, estimate: size, cost: size, base: () => uniteAll(sets) };
  if (sets.length > TESTED_SETS_MAX) return accessPath;
  return { ...accessPath, filter: (number) => sets.some((set) => hasNumber(set, number)) };
}

/** Above this many sets, a device is not tested set by set. */
const TESTED_SETS_MAX = 8;

function typesOf({ form, values }: EqualityShape): ValueType[] {
  return form === 'value' ? [...new Set(values.map(typeOf))] : ['string'];
}

function isLong(value: Scalar): boolean {
  return typeof value === 'string' && value.length > TEXT_LENGTH_MAX;
}

/** Long texts are not indexed by value: their devices are found and have to be verified. */
function orLong(accessPath: AccessPath, { longTexts }: PathValues): AccessPath {
  if (longTexts.size === 0) return accessPath;
  return {
    estimate: accessPath.estimate + longTexts.size,
    isExact: false,
    cost: accessPath.cost + longTexts.size,
    base: () => accessPath.base().unite(longTexts),
    ...preparationOf([accessPath]),
    residualFilters: [],
  };
}

function equalAccess(values: PathValues, { form, values: wanted }: EqualityShape): AccessPath {
  const different = [...new Set(wanted)];
  if (form !== 'value') {
    const order = values.order(form);
    return order ? orLong(unionOf(setsOfKeys(values, order, different)), values) : atMost(values, ['string']);
  }
  const accessPath = unionOf(different.map((value) => values.withValue(value)));
  return different.some(isLong) ? orLong(accessPath, values) : accessPath;
}

/** The devices of values whose LOWER or VERSION is one of the keys. */
function setsOfKeys(values: PathValues, order: Order, keys: readonly Scalar[]): CompactSet[] {
  const sets: CompactSet[] = [];
  for (const key of keys) {
    if (typeof key !== 'string') continue;
    const [from, to] = bordersOf(order, {
      above: { value: key, isAfter: false },
      below: { value: key, isAfter: true },
    });
    order.visit(from, to, ({ value }) => sets.push(values.withValue(value)));
  }
  return sets;
}

/** A value is comparable if it has the type of all literals; null is comparable with every value. */
function unequalAccess(values: PathValues, lookup: EqualityShape): AccessPath {
  const { form, values: unwanted } = lookup;
  const types = new Set(unwanted.filter((value) => value !== null).map(typeOf));
  if (types.size > 1 || (form !== 'value' && types.size === 1 && !types.has('string'))) return EMPTY;
  if (form === 'version') return unequalVersions(values, unwanted);
  const [type] = form === 'lower' ? (['string'] as const) : types;
  const comparable = type ? accessPathOf(values.ofType(type)) : typesAccess(values, VALUE_TYPES);
  if (unwanted.length === 0) return comparable;
  const equal = equalSets(values, form, type ? unwanted.filter((value) => value !== null) : unwanted);
  if (!equal || (values.isGivenUp && type)) return { ...comparable, isExact: false };
  const mayBeLong = values.longTexts.size > 0 && (form === 'lower' || unwanted.some(isLong));
  return { ...subtractAll(comparable, equal), isExact: !mayBeLong };
}

function equalSets(values: PathValues, form: PlaceForm, wanted: readonly Scalar[]): CompactSet[] | undefined {
  const different = [...new Set(wanted)];
  if (form === 'value') return different.map((value) => values.withValue(value));
  const order = values.order(form);
  return order && setsOfKeys(values, order, different);
}

/** The sets are disjoint and subsets of `from`. */
function subtractAll(from: AccessPath, sets: readonly CompactSet[]): AccessPath {
  const size = sizeOfAll(sets);
  const base = () => from.base().subtract(uniteAll(sets));
  return { ...EMPTY, estimate: Math.max(0, from.estimate - size), cost: from.cost + size, base };
}

function unequalVersions(values: PathValues, unwanted: readonly Scalar[]): AccessPath {
  const order = values.order('version');
  if (!order || values.isGivenUp) return atMost(values, ['string']);
  const texts = values.ofType('string').size;
  const base = () => {
    const sets: CompactSet[] = [];
    order.visit(order.start, order.end, ({ key, value }) => {
      if (!unwanted.includes(key)) sets.push(values.withValue(value));
    });
    return uniteAll(sets);
  };
  const estimate = texts - values.longTexts.size;
  return orLong({ ...EMPTY, estimate, cost: order.size + texts, base }, values);
}

function orderKind(form: PlaceForm, interval: Interval = {}): OrderKind {
  return form === 'value' ? intervalType(interval) : form;
}

type Order = SortedBlocks<OrderedValue>;

function bordersOf(order: Order, { above, below }: Interval): [Border, Border] {
  const from = above ? order.from(({ key }) => isAbove(key, above)) : order.start;
  return [from, below ? order.from(({ key }) => isAbove(key, below)) : order.end];
}

function prefixBorders(order: Order, text: string): [Border, Border] {
  const from = order.from(({ key }) => key >= text);
  return [from, order.from(({ key }) => key >= text && !String(key).startsWith(text))];
}

function orderAccess(values: PathValues, kind: OrderKind, find: (order: Order) => [Border, Border]): AccessPath {
  const order = values.order(kind);
  if (!order) return atMost(values, [kind === 'number' ? kind : 'string']);
  const [from, to] = find(order);
  const count = order.count(from, to);
  const sets = () => {
    const all: CompactSet[] = [];
    order.visit(from, to, ({ value }) => all.push(values.withValue(value)));
    return all;
  };
  const accessPath =
    count <= COUNTED_VALUES_MAX ? unionOf(sets()) : largeRangeAccess(values, kind, { order, from, to, count });
  return kind === 'number' ? accessPath : orLong(accessPath, values);
}

interface Stretch {
  readonly order: Order;
  readonly from: Border;
  readonly to: Border;
  readonly count: number;
}

/** Each value outside the range has at least one device. */
function largeRangeAccess(values: PathValues, kind: OrderKind, { order, from, to, count }: Stretch): AccessPath {
  const comparable = values.ofType(kind === 'number' ? 'number' : 'string').size;
  const estimate = comparable - (order.size - count);
  const base = () => values.between(kind, from, to);
  const prepare = (keep: AddRelease) => values.prepareBetween(kind, from, to, keep);
  return { ...EMPTY, estimate, cost: count + estimate, base, prepare };
}

function elementAccess(values: PathValues, value: Scalar, isNegated: boolean): AccessPath {
  const lists = accessPathOf(values.ofType('array'));
  const { longLists } = values;
  if (values.isGivenUp) return { ...lists, isExact: false };
  const found = values.withElement(value);
  const isExact = longLists.size === 0;
  if (isNegated) return { ...subtractAll(lists, [found]), isExact };
  return isExact ? accessPathOf(found) : { ...unionOf([found, longLists]), isExact };
}

/** Tests each different value; lists and objects are tested once by type. */
function filterAccess(
  values: PathValues,
  holds: (value: Json | undefined) => boolean,
  all: NumberSet,
): AccessPath | NoAccessPath {
  if (values.isGivenUp) return { reason: 'the path has more different values than are indexed' };
  if (values.distinct > FILTERED_VALUES_MAX) return { reason: 'the path has too many different values to ask each' };
  const ofMissing = holds(undefined);
  const base = () => {
    const sets: CompactSet[] = [];
    for (const value of values.values()) if (holds(value)) sets.push(values.withValue(value));
    for (const value of [null, [], {}]) if (holds(value)) sets.push(values.ofType(typeOf(value)));
    const found = uniteAll(sets);
    return ofMissing ? found.unite(collectMissing(values, all)) : found;
  };
  const estimate = ofMissing ? all.size : values.size;
  const accessPath = { ...EMPTY, estimate, cost: values.distinct * FILTER_COST + estimate, base };
  return { ...orLong(accessPath, values), estimate };
}

/** Testing a value by a closure takes as long as visiting this many numbers. */
const FILTER_COST = 8;

function collectMissing(values: PathValues, all: NumberSet): NumberSet {
  return typesAccess(values, [], all).base();
}
