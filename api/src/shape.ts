import type { Json, JsonObject } from '@muster/twin';
import type { Static, TSchema } from '@sinclair/typebox';

/** The type of the values that a schema describes, read only at every depth. */
export type Shape<Schema extends TSchema> = ReadonlyDeep<Static<Schema>>;

/** JSON values are read only already; so is every type that includes them. */
type ReadonlyDeep<Type> = [JsonObject] extends [Type]
  ? Type
  : [Json] extends [Type]
    ? Type
    : Type extends readonly (infer Item)[]
      ? readonly ReadonlyDeep<Item>[]
      : Type extends object
        ? { readonly [Name in keyof Type]: ReadonlyDeep<Type[Name]> }
        : Type;
