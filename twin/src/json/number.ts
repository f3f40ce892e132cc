/** From this number on, JSON.stringify writes an exponent (ECMA-262, Number::toString). */
const EXPONENT_FROM = 1e21;

/**
 * Whether every reader of JSON gets the same number back. It is finite, and if it is written as an integer, it is
 * within ±(2^53 − 1). 1e20 does not survive: it is written with 21 digits.
 */
export function survives(value: number): boolean {
  const size = Math.abs(value);
  return size <= Number.MAX_SAFE_INTEGER || (size >= EXPONENT_FROM && size < Number.POSITIVE_INFINITY);
}
