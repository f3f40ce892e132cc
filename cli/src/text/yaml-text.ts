import { Document, isScalar, visit } from 'yaml';

/** YAML 1.2, lines never folded, no anchors: what is read back is what was written. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Pair: (_, { key }) => {
      // Without quotes this key would merge what stands under it into its parent.
      if (isScalar(key) && key.value === '<<') key.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
}
