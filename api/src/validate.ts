import { suggestName, TwinError } from '@muster/twin';
import { FormatRegistry, type TSchema } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';
import { hintOf } from './hint.js';
import type { Shape } from './shape.js';

interface ValidateOptions {
  /** JSON Pointer of the value, such as `/rollout`; none for a whole body. */
  readonly path?: string;
  /** Members that may be present and are ignored, so that an answer can be written back. */
  readonly readOnly?: readonly string[];
}

// The form of RFC 3339. `parseInstant` checks the calendar, and says more.
FormatRegistry.Set('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text));

/**
 * Returns the value as the schema describes it. Throws a TwinError that names the place: `malformed` for a value that
 * is missing or of the wrong type, `bad-request` for an unknown member or a value out of bounds.
 */
export function validate<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  { path = '', readOnly = [] }: ValidateOptions = {},
): Shape<Schema> {
  const writable = readOnly.length === 0 ? value : without(value as object, readOnly);
  // Naming errors is ten times slower than finding none.
  if (!Value.Check(schema, writable)) throw refusal(firstError(schema, writable), path);
  return writable as Shape<Schema>;
}

function firstError(schema: TSchema, value: unknown): ValueError {
  const [first, ...others] = Value.Errors(schema, value);
  if (first === undefined) throw new Error('a value that does not fit its schema has no error');
  if (first.type !== ValueErrorType.ObjectRequiredProperty) return first;
  const parent = parentOf(first.path);
  const unknown = others.find(
    ({ type, path, schema: object }) =>
      type === ValueErrorType.ObjectAdditionalProperties && parentOf(path) === parent && hintOf(object)?.isUnknownFirst,
  );
  return unknown ?? first;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function without(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function refusal(error: ValueError, above: string): TwinError {
  const { isMalformed, path, text } = problemAt(error);
  const place = `${above}${path}`;
  return new TwinError(isMalformed ? 'malformed' : 'bad-request', `${place || 'the body'} ${text}`, { path: place });
}

interface PlacedProblem {
  readonly isMalformed: boolean;
  readonly path: string;
  readonly text: string;
}

function problemAt(error: ValueError): PlacedProblem {
  const { type, path, schema, value } = error;
  const outOfBounds = (text: string): PlacedProblem => ({ isMalformed: false, path, text });
  switch (type) {
    case ValueErrorType.ObjectAdditionalProperties:
      return outOfBounds(unknownMember(path, Object.keys(schema.properties ?? {})));
    case ValueErrorType.ObjectRequiredProperty:
      return { isMalformed: true, path, text: `is missing: write ${wanted(schema)}` };
    case ValueErrorType.Union:
      return unionProblem(error);
    case ValueErrorType.ArrayMinItems:
      return outOfBounds('is empty: write at least one item, or omit it');
    case ValueErrorType.ArrayMaxItems:
      return outOfBounds(`has too many items: write at most ${schema.maxItems}`);
    case ValueErrorType.ArrayUniqueItems:
      return repeatedItem(path, value as readonly unknown[]);
    case ValueErrorType.ObjectMaxProperties:
      return outOfBounds(`has too many members: write at most ${schema.maxProperties}`);
    case ValueErrorType.StringMinLength:
      return outOfBounds(`is too short: write at least ${schema.minLength} characters`);
    case ValueErrorType.StringMaxLength:
      return outOfBounds(`is too long: write at most ${schema.maxLength} characters`);
    case ValueErrorType.StringPattern:
    case ValueErrorType.StringFormat:
      return outOfBounds(`has the wrong form: write ${wanted(schema)}`);
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.NumberMaximum:
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.IntegerMaximum:
      return outOfBounds(`is out of range: write ${wanted(schema)}`);
    default:
      return wrongType(error);
  }
}

function wrongType({ path, schema, value }: ValueError): PlacedProblem {
  if (typeof value === 'number' && hintOf(schema)?.isRange) {
    return { isMalformed: false, path, text: `is out of range: write ${wanted(schema)}` };
  }
  return { isMalformed: true, path, text: `has the wrong type: write ${wanted(schema)}` };
}

/** A text among words is unknown. A value of the right type that is out of bounds is reported for that type. */
function unionProblem(error: ValueError): PlacedProblem {
  const { path, errors, schema, value } = error;
  const words = (schema.anyOf as readonly TSchema[]).flatMap(({ const: word }) =>
    typeof word === 'string' ? [word] : [],
  );
  if (words.length > 0 && typeof value === 'string') {
    return { isMalformed: false, path, text: `is not known: ${meant(value, words)}write ${wanted(schema)}` };
  }
  const problems = errors.flatMap((variant) => {
    const first = variant.First();
    return first ? [problemAt(first)] : [];
  });
  return problems.find(({ isMalformed }) => !isMalformed) ?? wrongType(error);
}

function repeatedItem(path: string, items: readonly unknown[]): PlacedProblem {
  const index = items.findIndex((item, at) => items.indexOf(item) < at);
  const text = `is a repetition: write ${JSON.stringify(items[index])} once`;
  return { isMalformed: false, path: `${path}/${index}`, text };
}

function unknownMember(path: string, known: readonly string[]): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `is not known here: ${meant(name, known)}known are ${known.join(', ')}`;
}

function meant(written: string, known: readonly string[]): string {
  const name = suggestName(written, known);
  return name === undefined ? '' : `did you mean ${name}? `;
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ['object', 'an object'],
  ['array', 'a list'],
  ['string', 'a text'],
  ['integer', 'an integer'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['null', 'null'],
]);

/** What may be written at a place, for the end of a sentence. */
function wanted(schema: TSchema): string {
  const hint = hintOf(schema);
  if (hint?.write !== undefined) return hint.write;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.anyOf) return (schema.anyOf as readonly TSchema[]).map(wanted).join(' or ');
  const type = TYPES.get(schema.type) ?? 'another value';
  return schema.minimum === undefined || schema.maximum === undefined
    ? type
    : `${type} from ${schema.minimum} to ${schema.maximum}`;
}
