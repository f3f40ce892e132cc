import { stringify } from 'yaml';

/** YAML 1.2, lines never folded, no anchors: what is read back is what was written. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}
