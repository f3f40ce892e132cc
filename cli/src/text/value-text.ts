import type { Json } from '@muster/twin';

/** The text of a value in a table: a string unchanged, other values as JSON, empty for none. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
