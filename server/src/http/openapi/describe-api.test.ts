import { isObject, type Json, type JsonObject } from '@muster/twin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenApp, openApp } from '../../testing/open-app.js';

const ROWS = [
  'delete /v1/configurations/{id}',
  'delete /v1/devices/{id}',
  'get /livez',
  'get /metrics',
  'get /openapi.json',
  'get /readyz',
  'get /v1/changes',
  'get /v1/configurations',
  'get /v1/configurations/{id}',
  'get /v1/configurations/{id}/status',
  'get /v1/devices',
  'get /v1/devices/{id}',
  'get /v1/devices/{id}/explain',
  'patch /v1/devices/{id}',
  'post /v1/configurations/{id}/rollout',
  'post /v1/configurations:preview',
  'post /v1/devices:import',
  'put /v1/configurations/{id}',
  'put /v1/devices/{id}',
];

const SCANNED = { targetCondition: 'IS_DEFINED(device.name)', desiredProperties: {} };

interface Operation extends JsonObject {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly description: string }[];
  readonly responses: JsonObject;
}

let open: OpenApp;
let document: JsonObject;
let operations: [row: string, operation: Operation][];

beforeAll(async () => {
  open = await openApp();
  document = (await open.ask('GET', '/openapi.json', { token: null })).body as JsonObject;
  operations = Object.entries(document.paths as JsonObject).flatMap(([path, item]) =>
    Object.entries(item as JsonObject).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation as Operation,
    ]),
  );
});
afterAll(() => open.close());

describe('the OpenAPI document', () => {
  it('is version 3.1 and has every row of the API', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Muster' } });
    expect(operations.map(([row]) => row).sort()).toEqual(ROWS);
  });

  it('names every operation once, and describes every answer and parameter', () => {
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
    for (const [row, { summary, responses, parameters }] of operations) {
      expect(summary, row).toMatch(/\w/);
      expect(Object.keys(responses).length, row).toBeGreaterThan(0);
      for (const response of Object.values(responses))
        expect(response, row).toMatchObject({ description: expect.stringMatching(/\w/) });
      for (const parameter of parameters) expect(parameter.description, row).toMatch(/\w/);
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(inPath, row).toEqual(row.includes('{id}') ? ['id'] : []);
    }
  });

  it('says that /v1 requires a token, and describes the answer without one', () => {
    for (const [row, operation] of operations) {
      const isPublic = !row.includes(' /v1/');
      expect(Object.hasOwn(operation.responses, '401'), row).toBe(!isPublic);
      expect(operation.security, row).toEqual(isPublic ? [] : undefined);
    }
    expect(document.security).toEqual([{ token: [] }]);
  });

  it('has no dangling references', () => {
    const references = collectReferences(document);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(resolve(reference), reference).toBeTypeOf('object');
  });

  it.each([
    ['Device', 'PUT', '/v1/devices/d', {}],
    ['DevicePage', 'GET', '/v1/devices?where=true&explain=true', undefined],
    ['StoredConfiguration', 'PUT', '/v1/configurations/c', SCANNED],
    ['ConfigurationStatus', 'GET', '/v1/configurations/c/status', undefined],
    ['Preview', 'POST', '/v1/configurations:preview', SCANNED],
  ])('describes a %s as it is answered', async (schema, method, path, json) => {
    const { body } = await open.ask(method, path, json && { json });
    const { properties } = resolve(`#/components/schemas/${schema}`) as { properties: JsonObject };
    for (const name of Object.keys(body as JsonObject)) expect(properties).toHaveProperty(name);
  });
});

it('the document can be read at /docs', async () => {
  const page = await open.ask('GET', '/docs/', { token: null });
  expect([page.status, page.text.includes('swagger-ui')]).toEqual([200, true]);
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  expect((await open.ask('GET', '/docs/json', { token: null })).body).toEqual(document);
});

function collectReferences(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(collectReferences);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : collectReferences(member),
  );
}

function resolve(reference: string): Json | undefined {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<Json | undefined>((value, step) => (isObject(value) ? value[step] : undefined), document);
}
