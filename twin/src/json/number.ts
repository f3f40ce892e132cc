/** From here on JSON.stringify writes an exponent (ECMA-262, Number::toString). */
const EXPONENT_FROM = 1e21;

/**
 * Whether a number is the same after it was written as JSON and read by anybody: it is finite, and what would
 * be written as an integer is within ±(2^53 − 1). 1e20 is not: it would be written with 21 digits.
 */
export function survives(value: number): boolean {
  const size = Math.abs(value);
  return size <= Number.MAX_SAFE_INTEGER || (size >= EXPONENT_FROM && size < Number.POSITIVE_INFINITY);
}
