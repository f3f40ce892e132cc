import { assertNever } from '@muster/twin';
import type { Bound, Interval } from '../../language/bound.js';
import type { Operand } from '../../language/condition.js';
import type { Place, PlaceForm } from '../../language/place.js';
import { FUNCTIONS, printOperand, printText } from '../../language/print.js';
import type { Scalar, ValueType } from '../../language/value-type.js';
import { versionOfKey } from '../../language/version-key.js';

/**
 * A property of a subject that can be looked up by the value at a place. A missing value has no key but `absent`.
 */
export type AccessKey =
  | ValueKey
  | { readonly kind: 'unequal'; readonly place: Place; readonly value: Scalar }
  | TextKey
  | RangeKey
  | { readonly kind: 'present'; readonly place: Place; readonly type: ValueType | 'any' }
  | { readonly kind: 'absent'; readonly place: Place };

/** The value, or an element of the array, equals this value. */
export interface ValueKey {
  readonly kind: 'equal' | 'element';
  readonly place: Place;
  readonly value: Scalar;
}

/** The text begins with, ends with or contains this text, which is not empty. A gram has at most 3 UTF-16 units. */
export interface TextKey {
  readonly kind: 'prefix' | 'suffix' | 'gram';
  readonly place: Place;
  readonly text: string;
}

export interface RangeKey extends Interval {
  readonly kind: 'range';
  readonly place: Place;
}

export type AccessKeyKind = AccessKey['kind'];

/** Whether nearly all subjects have such a key, so that refining by it gains nothing. */
export function isUnselective({ kind }: AccessKey): boolean {
  return kind === 'unequal' || kind === 'present' || kind === 'absent';
}

/** The key as a condition, in the spelling of the language where it has one. */
export function printAccessKey(key: AccessKey): string {
  const place = printPlace(key.place);
  switch (key.kind) {
    case 'equal':
      return `${place} = ${printValue(key.place.form, key.value)}`;
    case 'unequal':
      return `${place} != ${printValue(key.place.form, key.value)}`;
    case 'element':
      return `ARRAY_CONTAINS(${place}, ${printScalar(key.value)})`;
    case 'prefix':
      return `STARTS_WITH(${place}, ${printText(key.text)})`;
    case 'suffix':
      return `ENDS_WITH(${place}, ${printText(key.text)})`;
    case 'gram':
      return `CONTAINS(${place}, ${printText(key.text)})`;
    case 'range':
      return printRange(place, key);
    case 'present':
      return printPresence(place, key.place.form, key.type);
    case 'absent':
      return `NOT ${FUNCTIONS['is-defined']}(${place})`;
    default:
      return assertNever(key);
  }
}

const SPAN = { position: 0, length: 0 };

function printPlace({ path, form }: Place): string {
  const operand: Operand = { kind: 'path', path, span: SPAN };
  return printOperand(form === 'value' ? operand : { kind: form, operand, span: SPAN });
}

function printValue(form: PlaceForm, value: Scalar): string {
  return form === 'version' && typeof value === 'string'
    ? `VERSION(${printText(versionOfKey(value))})`
    : printScalar(value);
}

function printScalar(value: Scalar): string {
  return printOperand({ kind: 'literal', value, span: SPAN });
}

function printRange(place: string, { above, below, place: { form } }: RangeKey): string {
  const print = (operator: string, { value }: Bound) => `${place} ${operator} ${printValue(form, value)}`;
  const lower = above && print(above.isAfter ? '>' : '>=', above);
  const upper = below && print(below.isAfter ? '<=' : '<', below);
  return [lower, upper].filter((part) => part !== undefined).join(' AND ');
}

function printPresence(place: string, form: PlaceForm, type: ValueType | 'any'): string {
  if (form === 'version') return `${place} is a version`;
  if (type === 'any') return `${FUNCTIONS['is-defined']}(${place})`;
  if (type === 'string') return `${FUNCTIONS['is-string']}(${place})`;
  if (type === 'number') return `${FUNCTIONS['is-number']}(${place})`;
  if (type === 'boolean') return `${FUNCTIONS['is-bool']}(${place})`;
  if (type === 'null') return `${place} = null`;
  return `${place} is an ${type}`;
}
