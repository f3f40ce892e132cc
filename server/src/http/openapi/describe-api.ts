import { ProblemSchema } from '@muster/api';
import { type JsonObject, PROBLEMS } from '@muster/twin';
import { PROBLEM_TYPE } from '../framework/problem.js';
import type { AnswerText, Parameter, Route, RouteBody } from '../framework/route.js';
import { Components } from './components.js';

const HEADER_MEANING: Readonly<Record<string, string>> = {
  ETag: 'Strong validator for If-Match',
  Location: 'Path of the new resource',
};

/** Extension of a media type: the schema of one line or one event of a stream. */
export const ITEM_SCHEMA = 'x-item-schema';

/** Describes the routes in an OpenAPI 3.1 document. */
export function describeApi(routes: readonly Route[]): JsonObject {
  const components = new Components();
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const path = `${route.isPublic ? '' : '/v1'}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version: '1',
      description: 'Keeps a fleet of devices in the state that its operators ask for.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: ['devices', 'configurations', 'changes', 'operations'].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token' } },
      schemas: components.schemas,
    },
  };
}

function operation(route: Route, components: Components): JsonObject {
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.isPublic ? { security: [] } : {}),
    parameters: [
      ...(route.path.includes('{id}') ? [pathId()] : []),
      ...parameters('query', route.query, components),
      ...parameters('header', route.headers, components),
    ],
    ...(route.body ? { requestBody: requestBody(route.body, components) } : {}),
    responses: { ...answers(route, components), ...problems(route, components) },
  };
}

/** `GET /devices/{id}/explain` is `getDevicesIdExplain`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

function pathId(): JsonObject {
  return { name: 'id', in: 'path', required: true, description: 'Percent-encoded', schema: { type: 'string' } };
}

function parameters(
  place: 'query' | 'header',
  named: Readonly<Record<string, Parameter>> = {},
  components: Components,
): JsonObject[] {
  return Object.entries(named).map(([name, { description, schema }]) => ({
    name,
    in: place,
    description,
    schema: components.describe(schema),
  }));
}

function requestBody({ mediaTypes, schema, example }: RouteBody, components: Components): JsonObject {
  const content = { schema: components.describe(schema), ...(example === undefined ? {} : { example }) };
  return { required: true, content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content])) };
}

function answers(route: Route, components: Components): JsonObject {
  return Object.fromEntries(Object.entries(route.answers).map(([status, text]) => [status, answer(text, components)]));
}

function answer(text: AnswerText, components: Components): JsonObject {
  const { description, mediaType = 'application/json', schema, itemSchema, headers = [], example } = text;
  const media = {
    schema: schema ? components.describe(schema) : { type: 'string' },
    ...(itemSchema ? { [ITEM_SCHEMA]: components.describe(itemSchema) } : {}),
    ...(example === undefined ? {} : { example }),
  };
  return {
    description,
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map((name) => [name, header(name)])) } : {}),
    ...(schema !== undefined || mediaType !== 'application/json' ? { content: { [mediaType]: media } } : {}),
  };
}

function header(name: string): JsonObject {
  return { description: HEADER_MEANING[name] ?? name, schema: { type: 'string' } };
}

/** Codes with the same status are one response. */
function problems({ refuses, isPublic }: Route, components: Components): JsonObject {
  const codes = isPublic ? refuses : (['bad-request', 'unauthorized', ...refuses, 'unavailable'] as const);
  const refused = codes.map((code): [status: number, code: string] => [PROBLEMS[code].status, code]);
  const all = [...refused, [500, 'internal'] as const];
  const described = (status: number) => ({
    description: `Code ${all.flatMap(([one, code]) => (one === status ? [code] : [])).join(', ')}`,
    content: { [PROBLEM_TYPE]: { schema: components.describe(ProblemSchema) } },
  });
  return Object.fromEntries(all.map(([status]) => [status, described(status)]));
}
