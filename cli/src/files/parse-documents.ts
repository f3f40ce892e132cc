import { type Json, type MutableJsonObject, parseJson, TwinError } from '@muster/twin';
import { type Document, parseAllDocuments } from 'yaml';

/** Parses a JSON value or the documents of a YAML stream. Each element of a list is a document of its own. */
export function parseDocuments(text: string, fileName: string): Json[] {
  const isJson = /\.json$/i.test(fileName);
  const values = isJson ? [parseJson(text)] : parseYaml(text);
  return values.flatMap((value) => (Array.isArray(value) ? (value as Json[]) : [value]));
}

/** YAML 1.2 includes JSON. Empty documents, as between two separators, are skipped. */
function parseYaml(text: string): Json[] {
  const documents = parseAllDocuments(text, { intAsBigInt: true, prettyErrors: true, merge: true });
  if ('empty' in documents) return [];
  return documents.map(documentValue).filter((value) => value !== null);
}

function documentValue(document: Document): Json {
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw malformed(`${error.message.split('\n')[0]?.replace(/:$/, '')}${adviceFor(error.code)}`, error);
  try {
    return jsonOf(document.toJS());
  } catch (cause) {
    throw cause instanceof TwinError ? cause : malformed((cause as Error).message, cause);
  }
}

/** YAML reads the condition `*`, which matches every device, as an alias without a name. */
function adviceFor(code: string): string {
  return code === 'BAD_ALIAS' ? '; a text that begins with * needs quotes, such as "*"' : '';
}

function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return numberOf(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return objectOf(value);
  throw malformed(`${String(value)} cannot be written as JSON`);
}

function objectOf(value: object): Json {
  const object: MutableJsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new TwinError('bad-key', 'no key may be __proto__');
    object[name] = jsonOf(member);
  }
  return object;
}

function numberOf(value: bigint | number): number {
  const number = Number(value);
  const isGood = typeof value === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (isGood) return number;
  throw new TwinError(
    'bad-number',
    `the number ${value} is out of range: integers reach to ±(2^53 − 1), write larger ones as text`,
  );
}

function malformed(message: string, cause?: unknown): TwinError {
  return new TwinError('malformed', `not valid YAML: ${message}`, {}, { cause });
}
