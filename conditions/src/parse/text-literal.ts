import { refuse } from './refuse.js';

/**
 * The text that a quoted literal stands for. `raw` includes its quotes and begins at `position`. Escapes are
 * those of the language and no others: an unknown one is refused, because dropping its backslash would match
 * something else than was written.
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
  'known are \\\\ \\\' \\" \\n \\t and \\uXXXX with four hexadecimal digits; a backslash itself is written \\\\';

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
