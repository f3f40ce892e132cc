import { assertNever } from '@muster/twin';
import { NumberSet } from '../../collections/number-set.js';
import type { Border } from '../../collections/sorted-blocks.js';
import { type Interval, intervalType, isAbove } from '../../language/bound.js';
import type { EqualityShape } from '../../language/leaf-shape.js';
import { type PlaceForm, projectText } from '../../language/place.js';
import type { DeviceTable } from '../storage/device-table.js';
import { type Answer, answerOf, NOTHING, type NumberTest } from './access-path.js';
import type { Lookup } from './lookup.js';

/** What ids or names say of a lookup at `device.id` or `device.name`: every device has both, and both are texts. */
export function answerByTexts(table: DeviceTable, member: 'id' | 'name', lookup: Lookup): Answer {
  const texts: Texts = {
    table,
    order: member === 'id' ? table.byId() : table.byName(),
    textOf: member === 'id' ? (number) => table.id(number) : (number) => table.name(number),
  };
  switch (lookup.kind) {
    case 'equal':
    case 'unequal':
      return lookup.form === 'value' ? valuesAnswer(texts, lookup) : formAnswer(texts, lookup);
    case 'range':
      return rangeAnswer(texts, lookup.form, lookup);
    case 'prefix':
      return prefixAnswer(texts, lookup.form, lookup.text);
    case 'types':
      return lookup.types.includes('string') ? answerOf(table.all) : NOTHING;
    case 'element':
      return NOTHING;
    case 'filter':
      return testAnswer(texts, lookup.holds);
    case 'present':
      return answerOf(table.all, false);
    default:
      return assertNever(lookup);
  }
}

interface Texts {
  readonly table: DeviceTable;
  readonly order: ReturnType<DeviceTable['byId']>;
  readonly textOf: (number: number) => string;
}

/** Every text has to be asked, so that it is better to ask those of devices that something else has found. */
function testAnswer({ table, textOf }: Texts, holds: (text: string) => boolean): Answer {
  const test: NumberTest = (number) => holds(textOf(number));
  return { ...answerOf(table.all), tests: [test], test };
}

function valuesAnswer(texts: Texts, { kind, values }: EqualityShape): Answer {
  const { table, textOf } = texts;
  const wanted = new Set(values);
  if (kind === 'unequal' && ![...wanted].every((value) => value === null || typeof value === 'string')) return NOTHING;
  const equal = NumberSet.of(
    [...wanted].flatMap((value) => (typeof value === 'string' ? numbersOf(texts, value) : [])),
  );
  if (kind === 'equal') return answerOf(equal);
  const base = () => table.all.subtract(equal);
  const test: NumberTest = (number) => !wanted.has(textOf(number));
  return { ...NOTHING, estimate: table.size - equal.size, base, cost: equal.size, test };
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

/** There is no order of what LOWER and VERSION make of ids and names. */
function formAnswer(texts: Texts, { kind, form, values }: EqualityShape): Answer {
  const comparable = values.every((value) => value === null || typeof value === 'string');
  if (kind === 'unequal' && !comparable) return NOTHING;
  return testAnswer(texts, (text) => {
    const key = projectText(form, text);
    return key !== undefined && values.includes(key) === (kind === 'equal');
  });
}

function rangeAnswer(texts: Texts, form: PlaceForm, interval: Interval): Answer {
  if (intervalType(interval) !== 'string') return NOTHING;
  const { above, below } = interval;
  const holds = (key: string) => (!above || isAbove(key, above)) && !(below && isAbove(key, below));
  if (form !== 'value') return formTest(texts, form, holds);
  const { order, textOf } = texts;
  const from = above ? order.from((number) => isAbove(textOf(number), above)) : order.start;
  const to = below ? order.from((number) => isAbove(textOf(number), below)) : order.end;
  return betweenBorders(texts, from, to, holds);
}

function prefixAnswer(texts: Texts, form: PlaceForm, prefix: string): Answer {
  const holds = (key: string) => key.startsWith(prefix);
  if (form !== 'value') return formTest(texts, form, holds);
  const { order, textOf } = texts;
  const from = order.from((number) => textOf(number) >= prefix);
  const to = order.from((number) => textOf(number) >= prefix && !textOf(number).startsWith(prefix));
  return betweenBorders(texts, from, to, holds);
}

function formTest(texts: Texts, form: PlaceForm, holds: (key: string) => boolean): Answer {
  return testAnswer(texts, (text) => {
    const key = projectText(form, text);
    return key !== undefined && holds(key);
  });
}

function betweenBorders(texts: Texts, from: Border, to: Border, holds: (text: string) => boolean): Answer {
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
  return { estimate, isExact: true, cost: estimate, base, tests: [], test: (number) => holds(textOf(number)) };
}
