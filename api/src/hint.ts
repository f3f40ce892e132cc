import type { TSchema } from '@sinclair/typebox';

/** What a refusal says about a schema. It is kept under a symbol, so that it is no part of the OpenAPI document. */
export interface Hint {
  /** What to write, such as `a duration such as "90m"`. By default it follows from the schema. */
  readonly write?: string;
  /** Whether a number that is not an integer counts as out of range, not as a value of the wrong type. */
  readonly isRange?: boolean;
  /** Whether an unknown member is reported before a missing one: it may be the missing one, misspelt. */
  readonly isUnknownFirst?: boolean;
}

const HINT = Symbol('hint');

export function withHint<Schema extends TSchema>(schema: Schema, hint: Hint): Schema {
  return { ...schema, [HINT]: hint };
}

export function hintOf(schema: TSchema): Hint | undefined {
  return (schema as { readonly [HINT]?: Hint })[HINT];
}
