import type { Json, JsonObject } from '@muster/twin';
import { type ObjectOptions, type SchemaOptions, type Static, type TSchema, Type } from '@sinclair/typebox';

/** Schemas of members that several shapes have. */

export const DocumentSchema = documentSchema();
/** Any JSON value. */
export const ValueSchema = Type.Unsafe<Json>(Type.Unknown());
export const IdSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:~@-]{0,127}$' });
export const TimeSchema = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC' });
export const CountSchema = Type.Integer({ minimum: 0 });
export const VersionSchema = Type.Integer({ minimum: 0 });
export const GenerationSchema = Type.Integer({ minimum: 1 });

export function documentSchema(description?: string) {
  const options = description === undefined ? {} : { description };
  return Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true, ...options }));
}

/** The same schema with a description of its own. */
export function described<Schema extends TSchema>(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

export function countSchema(description: string) {
  return Type.Integer({ minimum: 0, description });
}

/** One of a few words. */
export function wordSchema<const Word extends string>(words: readonly Word[], options: SchemaOptions = {}) {
  return Type.Unsafe<Word>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      options,
    ),
  );
}

/** An object with any names. `Type.Record` would not check a name of several lines. */
export function recordSchema<Value extends TSchema>(value: Value, options: ObjectOptions = {}) {
  return Type.Unsafe<Record<string, Static<Value>>>(Type.Object({}, { additionalProperties: value, ...options }));
}
