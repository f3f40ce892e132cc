import type { Json } from '@muster/twin';
import { type CompactSet, numbersOf, setOf, withNumber, withoutNumber } from '../../collections/compact-set.js';
import { NumberSet } from '../../collections/number-set.js';
import { type Border, SortedBlocks } from '../../collections/sorted-blocks.js';
import { projectText } from '../../language/place.js';
import { type Scalar, typeOf, VALUE_TYPES, type ValueType } from '../../language/value-type.js';
import { BlockCache } from './block-cache.js';
import type { AddRelease } from './preparation.js';

/** The values at one path: by value, by type, and sorted once an order is needed. */
export class PathValues {
  readonly #budget: ValueBudget;
  readonly #types = new Map<ValueType, NumberSet>();
  #values: Map<Scalar, CompactSet> | undefined = new Map();
  readonly #elements = new Map<Scalar, CompactSet>();
  readonly #orders = new Map<OrderKind, Order>();
  /** Devices whose text is too long to be indexed by value, or whose list is too long to be indexed by element. */
  readonly longTexts = new NumberSet();
  readonly longLists = new NumberSet();

  constructor(budget: ValueBudget) {
    this.#budget = budget;
  }

  add(value: Json, number: number): void {
    const type = typeOf(value);
    const devices = this.#types.get(type) ?? new NumberSet();
    if (!devices.add(number)) return;
    this.#types.set(type, devices);
    if (typeof value === 'string' && value.length > TEXT_LENGTH_MAX) this.longTexts.add(number);
    else if (isOrdinary(value)) this.#file(value, number);
    else if (Array.isArray(value)) this.#addList(value, number);
  }

  /** Returns false if the value was not added. */
  remove(value: Json, number: number): boolean {
    const type = typeOf(value);
    const devices = this.#types.get(type);
    if (!devices?.delete(number)) return false;
    if (devices.size === 0) this.#types.delete(type);
    this.longTexts.delete(number);
    if (isOrdinary(value)) this.#unfile(value, number);
    if (Array.isArray(value) && !this.longLists.delete(number)) this.#removeList(value, number);
    return true;
  }

  /** Frees the memory of values; types stay indexed. */
  giveUp(): void {
    this.#budget.distinct -= this.distinct;
    this.#values = undefined;
    this.#elements.clear();
    this.#orders.clear();
  }

  get isGivenUp(): boolean {
    return this.#values === undefined;
  }

  get isEmpty(): boolean {
    return this.#types.size === 0;
  }

  get distinct(): number {
    return (this.#values?.size ?? 0) + this.#elements.size;
  }

  /** The number of cached blocks. */
  get prepared(): number {
    return [...this.#orders.values()].reduce((sum, { numbers }) => sum + numbers.size, 0);
  }

  ofType(type: ValueType): NumberSet {
    return this.#types.get(type) ?? new NumberSet();
  }

  /** The number of devices with a value. */
  get size(): number {
    return VALUE_TYPES.reduce((size, type) => size + (this.#types.get(type)?.size ?? 0), 0);
  }

  withValue(value: Scalar): CompactSet {
    return (value === null ? this.#types.get('null') : this.#values?.get(value)) ?? new NumberSet();
  }

  withElement(value: Scalar): NumberSet {
    return setOf(this.#elements.get(value));
  }

  /** Distinct numbers, booleans and texts that are not too long. */
  values(): Iterable<Scalar> {
    return this.#values?.keys() ?? [];
  }

  /**
   * Returns the order of the values, and keeps it up to date from then on. Creates it if the values are not too many;
   * returns undefined if they are and `prepareOrder` has not finished.
   */
  order(kind: OrderKind): SortedBlocks<OrderedValue> | undefined {
    const known = this.#orders.get(kind);
    if (known?.isComplete) return known.items;
    if ((this.#values?.size ?? 0) > ORDERED_AT_ONCE_MAX) return undefined;
    const items = new SortedBlocks(compareValues);
    items.fill([...this.values()].flatMap((value) => orderedValue(kind, value) ?? []).sort(compareValues));
    this.#orders.set(kind, { items, numbers: new BlockCache(), isComplete: true });
    return items;
  }

  /** Creates an order in steps. Values may change between steps, and several callers may work on one order. */
  *prepareOrder(kind: OrderKind): Generator<undefined, void, undefined> {
    const order = this.#orders.get(kind) ?? newOrder();
    if (order.isComplete) return;
    this.#orders.set(kind, order);
    let looked = 0;
    for (const value of this.values()) {
      const item = orderedValue(kind, value);
      if (item) order.items.add(item);
      looked += 1;
      if (looked % ORDERED_VALUES_A_STEP !== 0) continue;
      yield;
      if (order.isComplete || this.#orders.get(kind) !== order) return;
    }
    order.isComplete = true;
  }

  /** The devices with a value between two borders of a complete order. */
  between(kind: OrderKind, from: Border, to: Border): NumberSet {
    const order = this.#orders.get(kind);
    if (!order) throw new Error('there is no such order');
    const lists = [...order.items.lists(from, to)].map((list) => order.numbers.of(list) ?? this.#numbersOf(list));
    return NumberSet.ofMany(...lists);
  }

  /** Collects the blocks between two borders in steps. */
  *prepareBetween(kind: OrderKind, from: Border, to: Border, keep: AddRelease): Generator<undefined, void, undefined> {
    const order = this.#orders.get(kind);
    if (!order) return;
    for (const list of order.items.lists(from, to)) {
      keep(order.numbers.keep(list, () => this.#numbersOf(list)));
      yield;
      if (this.#orders.get(kind) !== order) return;
    }
  }

  #numbersOf(list: readonly OrderedValue[]): Uint32Array {
    return numbersOf(list.map(({ value }) => this.withValue(value)));
  }

  #file(value: Scalar, number: number): void {
    const values = this.#values;
    if (!values) return;
    this.#forgetNumbers(value);
    const before = values.get(value);
    const after = withNumber(before, number);
    if (after === before) return;
    values.set(value, after);
    if (before !== undefined) return;
    this.#budget.distinct += 1;
    this.#eachOrder(value, (order, item) => order.add(item));
  }

  #unfile(value: Scalar, number: number): void {
    const values = this.#values;
    const before = values?.get(value);
    if (!values || before === undefined) return;
    this.#forgetNumbers(value);
    const after = withoutNumber(before, number);
    if (after !== undefined) {
      if (after !== before) values.set(value, after);
      return;
    }
    values.delete(value);
    this.#budget.distinct -= 1;
    this.#eachOrder(value, (order, item) => order.delete(item));
  }

  #forgetNumbers(value: Scalar): void {
    for (const [kind, { items, numbers }] of this.#orders) {
      const item = numbers.size > 0 ? orderedValue(kind, value) : undefined;
      if (item) numbers.forget(items, item);
    }
  }

  #eachOrder(value: Scalar, act: (order: SortedBlocks<OrderedValue>, item: OrderedValue) => void): void {
    for (const [kind, { items }] of this.#orders) {
      const item = orderedValue(kind, value);
      if (item) act(items, item);
    }
  }

  #addList(list: readonly Json[], number: number): void {
    if (!isShort(list)) {
      this.longLists.add(number);
      return;
    }
    if (this.isGivenUp) return;
    for (const element of scalarsOf(list)) {
      const before = this.#elements.get(element);
      if (before === undefined) this.#budget.distinct += 1;
      this.#elements.set(element, withNumber(before, number));
    }
  }

  #removeList(list: readonly Json[], number: number): void {
    for (const element of scalarsOf(list)) {
      const before = this.#elements.get(element);
      if (before === undefined) continue;
      const after = withoutNumber(before, number);
      if (after !== undefined) this.#elements.set(element, after);
      else if (this.#elements.delete(element)) this.#budget.distinct -= 1;
    }
  }
}

/** The number of distinct values at all paths together. */
export interface ValueBudget {
  distinct: number;
}

/** Numbers, texts, or texts by LOWER or VERSION of them. */
export type OrderKind = 'number' | 'string' | 'lower' | 'version';

export interface OrderedValue {
  readonly key: string | number;
  readonly value: string | number;
}

interface Order {
  readonly items: SortedBlocks<OrderedValue>;
  readonly numbers: BlockCache<OrderedValue>;
  isComplete: boolean;
}

/** Sorting this many takes tens of milliseconds, or hundreds for versions. */
const ORDERED_AT_ONCE_MAX = 50_000;
const ORDERED_VALUES_A_STEP = 256;

/** In UTF-16 units. Longer texts, longer lists and lists with a longer text are verified device by device. */
export const TEXT_LENGTH_MAX = 256;
const LIST_ELEMENTS_MAX = 256;

function isOrdinary(value: Json): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= TEXT_LENGTH_MAX;
  return typeof value === 'number' || typeof value === 'boolean';
}

function isShort(list: readonly Json[]): boolean {
  if (list.length > LIST_ELEMENTS_MAX) return false;
  return list.every((element) => typeof element !== 'string' || element.length <= TEXT_LENGTH_MAX);
}

function scalarsOf(list: readonly Json[]): Set<Scalar> {
  return new Set(list.filter((element): element is Scalar => element === null || typeof element !== 'object'));
}

function newOrder(): Order {
  return { items: new SortedBlocks(compareValues), numbers: new BlockCache(), isComplete: false };
}

function orderedValue(kind: OrderKind, value: Scalar): OrderedValue | undefined {
  if (kind === 'number') return typeof value === 'number' ? { key: value, value } : undefined;
  if (typeof value !== 'string') return undefined;
  const key = projectText(kind === 'string' ? 'value' : kind, value);
  return key === undefined ? undefined : { key, value };
}

function compareValues(left: OrderedValue, right: OrderedValue): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  if (left.value === right.value) return 0;
  return left.value < right.value ? -1 : 1;
}
