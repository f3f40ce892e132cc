import { type JsonObject, suggestName, TwinError } from '@muster/twin';
import type { Static, TSchema } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';

/**
 * Returns the value if it fits the schema, else throws a TwinError with the path: `malformed` for a wrong type,
 * `bad-request` for an unknown member or a value out of bounds. Members in `readOnly` are ignored, so that a document
 * that was read can be written back.
 */
export function validate<Schema extends TSchema>(
  schema: Schema,
  value: JsonObject,
  readOnly: readonly string[] = [],
): Static<Schema> {
  const writable = Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.includes(name)));
  // Listing errors costs ten times as much as checking that there are none.
  const error = Value.Check(schema, writable) ? undefined : Value.Errors(schema, writable).First();
  if (error) throw asProblem(error);
  return writable as Static<Schema>;
}

const OUT_OF_BOUNDS: ReadonlySet<ValueErrorType> = new Set([
  ValueErrorType.StringMinLength,
  ValueErrorType.StringMaxLength,
  ValueErrorType.IntegerMinimum,
  ValueErrorType.IntegerMaximum,
  ValueErrorType.ObjectMaxProperties,
]);

function asProblem(error: ValueError): TwinError {
  const { type, path, schema } = error;
  const place = path === '' ? 'the body' : path;
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    return new TwinError('bad-request', unknownMember(path, Object.keys(schema.properties ?? {})), { path });
  }
  if (type === ValueErrorType.ObjectRequiredProperty) {
    return new TwinError('malformed', `${place} is missing`, { path });
  }
  if (type === ValueErrorType.Union) return asUnionProblem(error);
  const code = OUT_OF_BOUNDS.has(type) ? 'bad-request' : 'malformed';
  return new TwinError(code, `${place}: ${error.message}`, { path });
}

function unknownMember(path: string, known: readonly string[]): string {
  const meant = suggestName(path.slice(path.lastIndexOf('/') + 1), known);
  const hint = meant === undefined ? '' : `did you mean ${meant}? `;
  return `${path} is not known here: ${hint}known are ${known.join(', ')}`;
}

/** Names the bound for a value of the right type, else every type that is allowed. */
function asUnionProblem({ path, errors, schema }: ValueError): TwinError {
  const variants = errors.map((variant) => variant.First()).filter((error) => error !== undefined);
  const outOfBounds = variants.find(({ type }) => OUT_OF_BOUNDS.has(type));
  if (outOfBounds) return asProblem(outOfBounds);
  const types = (schema.anyOf as readonly TSchema[]).map(({ type }) => type as string);
  return new TwinError('malformed', `${path}: Expected ${types.join(' or ')}`, { path });
}
