import type { Json, JsonObject } from './json.js';

/** One UTF-16 unit may be written as an escape of six characters. */
const BYTES_PER_UNIT_MAX = 6;
/** The longest number is written like -1.2345678901234567e-123. */
const NUMBER_BYTES_MAX = 25;

/** Returns an upper bound of the JSON text of a value in bytes, without serializing it. */
export function bytesAtMost(value: Json): number {
  if (typeof value === 'string') return BYTES_PER_UNIT_MAX * value.length + 2;
  if (value === null || typeof value !== 'object') return NUMBER_BYTES_MAX;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += 1 + bytesAtMost(item);
  else
    for (const name in value)
      bytes += BYTES_PER_UNIT_MAX * name.length + 4 + bytesAtMost((value as JsonObject)[name] as Json);
  return bytes;
}
