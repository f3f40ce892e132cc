import { isObject, type Json, type JsonObject } from '@muster/twin';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ITEM_SCHEMA } from '../http/openapi/describe-api.js';

/** A response as a client saw it. */
export interface SeenResponse {
  readonly method: string;
  /** Path and query of the request. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string | undefined;
  readonly text: string;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** The pages that show the document are not described by it. */
const DOCUMENT_PAGES = /^\/docs(\/|$)/;

/**
 * Compares responses with the OpenAPI document. Unknown members are errors, except where a schema allows any: the
 * document itself leaves objects open, so that a later server may add members.
 */
export class ResponseCheck {
  readonly #document: JsonObject;
  readonly #paths: readonly [pattern: RegExp, operations: JsonObject][];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': TIME } });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    this.#document = closed(document) as JsonObject;
    this.#paths = Object.entries(this.#document.paths as JsonObject).map(([path, operations]) => [
      new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      operations as JsonObject,
    ]);
  }

  /** Throws unless the document describes the response, with everything that it holds. */
  check(response: SeenResponse): void {
    const path = response.path.split('?')[0] ?? '';
    if (DOCUMENT_PAGES.test(path)) return;
    const described = this.#responseOf(response, path);
    const content = isObject(described) && isObject(described.content) ? described.content : {};
    const mediaType = response.mediaType?.split(';')[0] ?? '';
    if (response.text === '') return;
    const media = content[mediaType];
    if (!isObject(media)) throw undescribed(response, `a body of type "${mediaType}"`);
    const itemSchema = media[ITEM_SCHEMA];
    if (itemSchema !== undefined) for (const item of itemsOf(response.text)) this.#validate(itemSchema, item, response);
    else this.#validate(media.schema, mediaType.endsWith('json') ? JSON.parse(response.text) : response.text, response);
  }

  /** The description of the status in the document. A path or method without an operation is refused with a problem. */
  #responseOf(response: SeenResponse, path: string): Json {
    const { method, status } = response;
    const operations = this.#paths.find(([pattern]) => pattern.test(path))?.[1];
    // A GET without an end has no HEAD.
    const isHeadOfGet = method === 'HEAD' && status !== 405;
    const operation = operations?.[method.toLowerCase()] ?? (isHeadOfGet ? operations?.get : undefined);
    if (isObject(operation)) {
      const described = isObject(operation.responses) ? operation.responses[status] : undefined;
      if (described !== undefined) return described;
      throw undescribed(response, 'this status');
    }
    const expected = operations ? [405] : [400, 401, 404, 503];
    if (!expected.includes(status)) throw undescribed(response, operations ? 'this method' : 'this path');
    return { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  }

  #validate(schema: Json | undefined, value: unknown, response: SeenResponse): void {
    const validate = this.#validatorOf(schema ?? true);
    if (validate(value)) return;
    const errors = validate.errors?.map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
    throw undescribed(response, `this body (${errors?.join('; ')})`);
  }

  #validatorOf(schema: Json): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known) return known;
    const inner = isObject(schema) ? schema : {};
    const compiled = this.#ajv.compile({ ...inner, components: this.#document.components });
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

/** Closes every object schema that names members and does not say whether others are allowed. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((item: Json) => closed(item));
  if (!isObject(schema)) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, closed(member)]));
  const isOpen = schema.type === 'object' && isObject(schema.properties) && schema.additionalProperties === undefined;
  return isOpen ? { ...members, additionalProperties: false } : members;
}

/** The lines of NDJSON, or the complete events of a change feed. */
function itemsOf(text: string): unknown[] {
  const events = [...text.matchAll(/event: (.*)\nid: (.*)\ndata: (.*)\n\n/g)];
  if (events.length > 0) {
    return events.map(([, event, id, data = '']) => ({ event, id, data: JSON.parse(data) }));
  }
  return text.split('\n').flatMap((line) => (line === '' || line.startsWith(':') ? [] : [JSON.parse(line)]));
}

function undescribed({ method, path, status }: SeenResponse, what: string): Error {
  return new Error(`the OpenAPI document does not describe ${what} of ${method} ${path} -> ${status}`);
}
