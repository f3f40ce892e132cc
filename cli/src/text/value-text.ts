import type { Json } from '@muster/twin';

/** A value in a cell of a table: texts as they are, everything else as JSON, nothing where there is none. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
