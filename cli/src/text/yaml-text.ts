import { Document, isScalar, visit } from 'yaml';

/** YAML 1.2 without folded lines and anchors. Parsing it returns an equal value. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Pair: (_, { key }) => {
      // Unquoted, this key would merge its value into the parent.
      if (isScalar(key) && key.value === '<<') key.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
}
