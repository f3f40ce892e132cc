import type { Json } from '@muster/twin';

/** A value that conditions compare. */
export type Scalar = string | number | boolean | null;

/** The types of JSON. */
export type ValueType = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

export const VALUE_TYPES: readonly ValueType[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

export function typeOf(value: Json): ValueType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}
