import { type JsonObject, PROBLEMS } from '@muster/twin';
import { PROBLEM_TYPE } from './problem.js';
import type { AnswerText, Parameter, Route } from './route.js';
import { ref, SCHEMAS } from './schema.js';

const HEADER_MEANING: Readonly<Record<string, string>> = {
  ETag: 'Strong validator for If-Match',
  Location: 'Where the new resource is',
};

/** The routes as an OpenAPI 3.1 document. */
export function describeApi(routes: readonly Route[]): JsonObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `${route.isPublic ? '' : '/v1'}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version: '1',
      description: 'Keeps a fleet of devices in the state its operators asked for.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: ['devices', 'configurations', 'changes', 'operations'].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token' } },
      schemas: SCHEMAS,
    },
  };
  // Schemas carry symbols of their library; the document is plain JSON.
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}

function operation(route: Route): object {
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.isPublic ? { security: [] } : {}),
    parameters: [
      ...(route.path.includes('{id}') ? [pathId()] : []),
      ...parameters('query', route.query),
      ...parameters('header', route.headers),
    ],
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: { ...answers(route), ...problems(route) },
  };
}

/** `GET /devices/{id}/explain` is `getDevicesIdExplain`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

function pathId(): object {
  return { name: 'id', in: 'path', required: true, description: 'Percent-encoded', schema: { type: 'string' } };
}

function parameters(place: 'query' | 'header', named: Readonly<Record<string, Parameter>> = {}): object[] {
  return Object.entries(named).map(([name, parameter]) => ({ name, in: place, ...parameter }));
}

function requestBody({ mediaTypes, schema, example }: NonNullable<Route['body']>): object {
  const content = { schema, ...(example === undefined ? {} : { example }) };
  return { required: true, content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content])) };
}

function answers(route: Route): Record<string, object> {
  return Object.fromEntries(Object.entries(route.answers).map(([status, text]) => [status, answer(text)]));
}

function answer({ description, mediaType = 'application/json', schema, headers = [], example }: AnswerText): object {
  const hasContent = schema !== undefined || mediaType !== 'application/json';
  return {
    description,
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map((name) => [name, header(name)])) } : {}),
    ...(hasContent
      ? {
          content: {
            [mediaType]: { schema: schema ?? { type: 'string' }, ...(example === undefined ? {} : { example }) },
          },
        }
      : {}),
  };
}

function header(name: string): object {
  return { description: HEADER_MEANING[name] ?? name, schema: { type: 'string' } };
}

/** Codes that share a status are one answer. */
function problems({ refuses, isPublic }: Route): Record<string, object> {
  const codes = isPublic ? refuses : (['bad-request', 'unauthorized', ...refuses, 'unavailable'] as const);
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const described = (status: number) => ({
    description: `Code ${codes.filter((code) => PROBLEMS[code].status === status).join(', ')}`,
    content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
  });
  return Object.fromEntries(statuses.map((status) => [status, described(status)]));
}
