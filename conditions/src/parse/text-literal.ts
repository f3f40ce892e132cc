import { refuse } from './refuse.js';

/**
 * Returns the text of a quoted literal. `raw` includes its quotes and begins at `position`. An unknown escape is
 * refused: without its backslash, the condition would match a different text.
 */
export function decodeTextLiteral(raw: string, position: number): string {
  const quoted = raw.slice(1, -1);
  return quoted.replace(ESCAPE, (sequence: string, offset: number) => {
    const decoded = decodeEscape(sequence);
    if (decoded !== undefined) return decoded;
    const span = { position: position + 1 + offset, length: sequence.length };
    return refuse(span, `${sequence} is not a known escape`, HINT);
  });
}

const ESCAPE = /\\(?:u[0-9A-Fa-f]{4}|[\s\S])/gu;

const HINT =
  'known are \\\\ \\\' \\" \\n \\t and \\uXXXX with four hexadecimal digits; write a backslash itself as \\\\';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['\\\\', '\\'],
  ["\\'", "'"],
  ['\\"', '"'],
  ['\\n', '\n'],
  ['\\t', '\t'],
]);

function decodeEscape(sequence: string): string | undefined {
  if (sequence.length === 6) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  return SIMPLE.get(sequence);
}
