import { isObject, type Json, type JsonObject } from '@muster/twin';
import type { TSchema } from '@sinclair/typebox';

/** The named schemas of an OpenAPI document, collected while its routes are described. */
export class Components {
  readonly #schemas = new Map<string, Json>();

  /** The schema as the document has it: each schema with an `$id` is a component, and a reference stands for it. */
  describe(schema: TSchema): Json {
    // TypeBox keeps symbols in its schemas; the document is plain JSON.
    return this.#refer(JSON.parse(JSON.stringify(schema)));
  }

  get schemas(): JsonObject {
    return Object.fromEntries([...this.#schemas].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #refer(value: Json): Json {
    if (Array.isArray(value)) return value.map((item: Json) => this.#refer(item));
    if (!isObject(value)) return value;
    const { $id, $ref, ...members } = value;
    if (typeof $ref === 'string') return referenceTo($ref);
    if (typeof $id !== 'string') return this.#referMembers(members);
    if (!this.#schemas.has($id)) {
      // Set before its members are described, because a recursive schema refers to itself.
      this.#schemas.set($id, {});
      this.#schemas.set($id, this.#referMembers(members));
    }
    return referenceTo($id);
  }

  #referMembers(members: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, this.#refer(member)]));
  }
}

function referenceTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}
