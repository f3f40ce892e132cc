import { type JsonObject, TwinError } from '@muster/twin';
import type { Static, TSchema } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';

/**
 * The value as the schema describes it, or a TwinError that names the place: `malformed` for a value of the
 * wrong type, `bad-request` for a member that is not known or a value out of bounds. Members named in
 * `readOnly` may be present, so that what was read can be written back; they are passed over.
 */
export function validate<Schema extends TSchema>(
  schema: Schema,
  value: JsonObject,
  readOnly: readonly string[] = [],
): Static<Schema> {
  const writable = Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.includes(name)));
  const error = Value.Errors(schema, writable).First();
  if (error) throw asProblem(error, Object.keys(schema.properties ?? {}));
  return writable as Static<Schema>;
}

const OUT_OF_BOUNDS: ReadonlySet<ValueErrorType> = new Set([
  ValueErrorType.StringMinLength,
  ValueErrorType.StringMaxLength,
  ValueErrorType.IntegerMinimum,
  ValueErrorType.IntegerMaximum,
  ValueErrorType.ObjectMaxProperties,
]);

function asProblem({ type, path, message }: ValueError, known: readonly string[]): TwinError {
  const place = path === '' ? 'the body' : path;
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    return new TwinError('bad-request', `${place} is not known here; known are ${known.join(', ')}`, { path });
  }
  if (type === ValueErrorType.ObjectRequiredProperty) {
    return new TwinError('malformed', `${place} is missing`, { path });
  }
  const code = OUT_OF_BOUNDS.has(type) ? 'bad-request' : 'malformed';
  return new TwinError(code, `${place}: ${message}`, { path });
}
