import { assertNever } from '@muster/twin';
import { NumberSet } from '../../collections/number-set.js';
import type { Border } from '../../collections/sorted-blocks.js';
import { type Interval, intervalType, isAbove } from '../../language/bound.js';
import type { EqualityShape } from '../../language/leaf-shape.js';
import { type PlaceForm, projectText } from '../../language/place.js';
import type { DeviceTable } from '../storage/device-table.js';
import { type AccessPath, accessPathOf, type DeviceFilter, EMPTY } from './access-path.js';
import type { Lookup } from './lookup.js';

/** The access path of a lookup at `device.id` or `device.name`: every device has both, and both are texts. */
export function accessByTexts(table: DeviceTable, member: 'id' | 'name', lookup: Lookup): AccessPath {
  const texts: Texts = {
    table,
    order: member === 'id' ? table.byId() : table.byName(),
    textOf: member === 'id' ? (number) => table.id(number) : (number) => table.name(number),
  };
  switch (lookup.kind) {
    case 'equal':
    case 'unequal':
      return lookup.form === 'value' ? equalityAccess(texts, lookup) : projectedAccess(texts, lookup);
    case 'range':
      return rangeAccess(texts, lookup.form, lookup);
    case 'prefix':
      return prefixAccess(texts, lookup.form, lookup.text);
    case 'types':
      return lookup.types.includes('string') ? accessPathOf(table.all) : EMPTY;
    case 'element':
      return EMPTY;
    case 'filter':
      return filterAccess(texts, lookup.holds);
    case 'present':
      return accessPathOf(table.all, false);
    default:
      return assertNever(lookup);
  }
}

interface Texts {
  readonly table: DeviceTable;
  readonly order: ReturnType<DeviceTable['byId']>;
  readonly textOf: (number: number) => string;
}

/** Every text has to be tested, so this is a filter for devices that another path finds. */
function filterAccess({ table, textOf }: Texts, holds: (text: string) => boolean): AccessPath {
  const filter: DeviceFilter = (number) => holds(textOf(number));
  return { ...accessPathOf(table.all), residualFilters: [filter], filter };
}

function equalityAccess(texts: Texts, { kind, values }: EqualityShape): AccessPath {
  const { table, textOf } = texts;
  const wanted = new Set(values);
  if (kind === 'unequal' && ![...wanted].every((value) => value === null || typeof value === 'string')) return EMPTY;
  const equal = NumberSet.of(
    [...wanted].flatMap((value) => (typeof value === 'string' ? numbersOf(texts, value) : [])),
  );
  if (kind === 'equal') return accessPathOf(equal);
  const base = () => table.all.subtract(equal);
  const filter: DeviceFilter = (number) => !wanted.has(textOf(number));
  return { ...EMPTY, estimate: table.size - equal.size, base, cost: equal.size, filter };
}

function numbersOf({ order, textOf }: Texts, value: string): number[] {
  const numbers: number[] = [];
  const from = order.from((number) => textOf(number) >= value);
  order.visit(
    from,
    order.from((number) => textOf(number) > value),
    (number) => numbers.push(number),
  );
  return numbers;
}

/** Ids and names have no order by LOWER or VERSION. */
function projectedAccess(texts: Texts, { kind, form, values }: EqualityShape): AccessPath {
  const comparable = values.every((value) => value === null || typeof value === 'string');
  if (kind === 'unequal' && !comparable) return EMPTY;
  return filterAccess(texts, (text) => {
    const key = projectText(form, text);
    return key !== undefined && values.includes(key) === (kind === 'equal');
  });
}

function rangeAccess(texts: Texts, form: PlaceForm, interval: Interval): AccessPath {
  if (intervalType(interval) !== 'string') return EMPTY;
  const { above, below } = interval;
  const holds = (key: string) => (!above || isAbove(key, above)) && !(below && isAbove(key, below));
  if (form !== 'value') return projectedFilter(texts, form, holds);
  const { order, textOf } = texts;
  const from = above ? order.from((number) => isAbove(textOf(number), above)) : order.start;
  const to = below ? order.from((number) => isAbove(textOf(number), below)) : order.end;
  return betweenBorders(texts, from, to, holds);
}

function prefixAccess(texts: Texts, form: PlaceForm, prefix: string): AccessPath {
  const holds = (key: string) => key.startsWith(prefix);
  if (form !== 'value') return projectedFilter(texts, form, holds);
  const { order, textOf } = texts;
  const from = order.from((number) => textOf(number) >= prefix);
  const to = order.from((number) => textOf(number) >= prefix && !textOf(number).startsWith(prefix));
  return betweenBorders(texts, from, to, holds);
}

function projectedFilter(texts: Texts, form: PlaceForm, holds: (key: string) => boolean): AccessPath {
  return filterAccess(texts, (text) => {
    const key = projectText(form, text);
    return key !== undefined && holds(key);
  });
}

function betweenBorders(texts: Texts, from: Border, to: Border, holds: (text: string) => boolean): AccessPath {
  const { order, textOf } = texts;
  const estimate = order.count(from, to);
  const base = () => {
    const numbers = new Uint32Array(estimate);
    let at = 0;
    order.visit(from, to, (number) => {
      numbers[at++] = number;
    });
    return NumberSet.ofMany(numbers);
  };
  return {
    estimate,
    isExact: true,
    cost: estimate,
    base,
    residualFilters: [],
    filter: (number) => holds(textOf(number)),
  };
}
