import { LIMITS, PROBLEMS, type TwinErrorCode } from '@muster/twin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppRequest, type OpenApp, openApp, TOKEN } from '../testing/open-app.js';

const MERGE_PATCH = 'application/merge-patch+json';
const PAUSE = { action: 'pause' };
const GOOD = { targetCondition: "device.id = 'absent'", desiredProperties: { a: 1 } };

let open: OpenApp;
beforeAll(async () => {
  open = await openApp();
  await open.ask('PUT', '/v1/devices/here', { json: { tags: { a: 1 } } });
  await open.ask('PUT', '/v1/configurations/stored', { json: GOOD });
});
afterAll(() => open.close());

type Row = [method: string, path: string, options: AppRequest, code: TwinErrorCode];

const unknownPlaces: Row[] = [
  ['GET', '/', {}, 'not-found'],
  ['GET', '/nonsense', {}, 'not-found'],
  ['GET', '/v1/nonsense', {}, 'not-found'],
  ['GET', '/v1/nonsense', { token: null }, 'unauthorized'],
  ['GET', '/v1/devices/none', {}, 'not-found'],
  ['GET', '/v1/devices/none/explain', {}, 'not-found'],
  ['PATCH', '/v1/devices/none', { json: {} }, 'not-found'],
  ['DELETE', '/v1/devices/none', {}, 'not-found'],
  ['GET', '/v1/configurations/none', {}, 'not-found'],
  ['GET', '/v1/configurations/none/status', {}, 'not-found'],
  ['DELETE', '/v1/configurations/none', {}, 'not-found'],
  ['POST', '/v1/configurations/none/rollout', { json: { action: 'pause' } }, 'not-found'],
];

const otherMethods: Row[] = [
  ['DELETE', '/v1/devices', {}, 'method-not-allowed'],
  ['POST', '/v1/devices/here', { body: '<x/>', type: 'text/xml' }, 'method-not-allowed'],
  ['GET', '/v1/devices:import', {}, 'method-not-allowed'],
  ['POST', '/v1/configurations', { json: {} }, 'method-not-allowed'],
  ['PATCH', '/v1/configurations/stored', { json: {} }, 'method-not-allowed'],
  ['PUT', '/v1/configurations:preview', { json: GOOD }, 'method-not-allowed'],
  ['OPTIONS', '/v1/devices', {}, 'method-not-allowed'],
  ['PROPFIND', '/v1/devices', {}, 'method-not-allowed'],
  ['HEAD', '/v1/changes', {}, 'method-not-allowed'],
  ['POST', '/livez', {}, 'method-not-allowed'],
];

const strangers: Row[] = [
  ['GET', '/v1/devices', { token: null }, 'unauthorized'],
  ['GET', '/v1/devices', { token: 'wrong' }, 'unauthorized'],
  ['GET', '/v1/devices', { token: null, headers: { authorization: TOKEN } }, 'unauthorized'],
  ['GET', '/v1/devices', { token: null, headers: { authorization: `Basic ${TOKEN}` } }, 'unauthorized'],
  ['GET', '/%761/devices', { token: null }, 'unauthorized'],
  ['GET', '/v1/changes', { token: null }, 'unauthorized'],
  ['PUT', '/v1/devices/x', { token: null, json: {} }, 'unauthorized'],
  ['POST', '/v1/devices:import', { token: null, body: '{}', type: 'application/x-ndjson' }, 'unauthorized'],
];

const badBodies: Row[] = [
  ['PUT', '/v1/devices/x', {}, 'unsupported-media-type'],
  ['PUT', '/v1/devices/x', { type: 'application/json' }, 'malformed'],
  ['PUT', '/v1/devices/x', { body: '{}', type: 'text/xml' }, 'unsupported-media-type'],
  ['PUT', '/v1/devices/x', { body: '{}', type: MERGE_PATCH }, 'unsupported-media-type'],
  ['PUT', '/v1/devices/x', { json: {}, headers: { 'content-encoding': 'gzip' } }, 'unsupported-media-type'],
  ['POST', '/v1/devices:import', { json: {} }, 'unsupported-media-type'],
  ['PUT', '/v1/devices/x', { body: '[]', type: 'application/json' }, 'malformed'],
  ['PUT', '/v1/devices/x', { body: 'null', type: 'application/json' }, 'malformed'],
  ['PUT', '/v1/devices/x', { body: '{"a":', type: 'application/json' }, 'malformed'],
  ['PUT', '/v1/devices/x', { body: Buffer.from([0x7b, 0xff, 0x7d]), type: 'application/json' }, 'malformed'],
  ['PUT', '/v1/devices/x', { body: '{"a":'.repeat(200_000), type: 'application/json' }, 'too-deep'],
  ['PUT', '/v1/devices/x', { body: '{"tags":{"a":1e400}}', type: 'application/json' }, 'bad-number'],
  ['PUT', '/v1/devices/x', { body: '{"tags":{"__proto__":{}}}', type: 'application/json' }, 'bad-key'],
  ['PUT', '/v1/devices/x', { json: { tags: { a: 'x'.repeat(9_000) } } }, 'too-large'],
  ['PUT', '/v1/devices/x', { json: { tags: { a: 'x'.repeat(LIMITS.httpBodyBytesMax) } } }, 'body-too-large'],
  ['PUT', '/v1/devices/x', { json: { tags: 7 } }, 'malformed'],
  ['PUT', '/v1/devices/x', { json: { tagz: {} } }, 'bad-request'],
  ['PATCH', '/v1/devices/here', { body: '{"tags":[1]}', type: MERGE_PATCH }, 'malformed'],
  ['PUT', '/v1/configurations/x', { json: { desiredProperties: {} } }, 'malformed'],
  ['PUT', '/v1/configurations/x', { json: { ...GOOD, targetCondition: 'a b' } }, 'bad-condition'],
  ['PUT', '/v1/configurations/x', { json: { ...GOOD, targetCondition: 'device.desired.a = 1' } }, 'bad-condition'],
  ['POST', '/v1/configurations:preview', { json: { ...GOOD, targetCondition: 'a b' } }, 'bad-condition'],
  ['POST', '/v1/configurations:preview', { json: { ...GOOD, id: 'bad id' } }, 'bad-id'],
  ['POST', '/v1/configurations:preview', { json: { ...GOOD, id: null } }, 'bad-id'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'pause' } }, 'conflict'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'dance' } }, 'bad-request'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'pause', more: 1 } }, 'bad-request'],
  ['POST', '/v1/configurations/stored/rollout', { json: {} }, 'malformed'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 7 } }, 'malformed'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'rollback', generation: 'x' } }, 'malformed'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'rollback', generation: 1.5 } }, 'malformed'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'rollback', generation: null } }, 'malformed'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'rollback', generation: 0 } }, 'bad-request'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'pause', generation: 1 } }, 'bad-request'],
  ['POST', '/v1/configurations/stored/rollout', { json: { action: 'rollback' } }, 'conflict'],
  ['POST', '/v1/configurations/stored/rollout', { body: '{}', type: 'text/plain' }, 'unsupported-media-type'],
];

const badPathsAndQueries: Row[] = [
  ['GET', '/v1/devices/%E0%A4%A', {}, 'bad-request'],
  ['GET', '/v1/devices/%FF', {}, 'bad-request'],
  ['PUT', '/v1/devices/bad%20id', { json: {} }, 'bad-id'],
  ['PUT', '/v1/devices/a%2Fb', { json: {} }, 'bad-id'],
  ['PUT', `/v1/devices/${'x'.repeat(129)}`, { json: {} }, 'bad-id'],
  ['GET', `/v1/devices/${'x'.repeat(5_000)}`, {}, 'bad-id'],
  ['PUT', '/v1/configurations/-c', { json: GOOD }, 'bad-id'],
  ['GET', '/v1/configurations/a%00b/status', {}, 'bad-id'],
  ['POST', '/v1/configurations/a%00b/rollout', { json: { action: 'pause' } }, 'bad-id'],
  ['GET', '/v1/devices?limit=0', {}, 'bad-request'],
  ['GET', '/v1/devices?limit=1001', {}, 'bad-request'],
  ['GET', '/v1/devices?limit=1.5', {}, 'bad-request'],
  ['GET', '/v1/devices?limit=', {}, 'bad-request'],
  ['GET', '/v1/devices?limit=1&limit=2', {}, 'bad-request'],
  ['GET', '/v1/devices?cursor=nonsense', {}, 'bad-request'],
  ['GET', '/v1/devices?cursor=', {}, 'bad-request'],
  ['GET', '/v1/devices?wher=x', {}, 'bad-request'],
  ['GET', '/v1/devices/here?select=id', {}, 'bad-request'],
  ['GET', '/v1/devices?where=%FF', {}, 'bad-request'],
  ['GET', '/v1/devices?where=', {}, 'bad-condition'],
  ['GET', '/v1/devices?where=a%20b', {}, 'bad-condition'],
  ['GET', '/v1/devices?select=', {}, 'bad-request'],
  ['GET', '/v1/devices?select=id,', {}, 'bad-request'],
  ['GET', '/v1/devices?select=secret', {}, 'bad-request'],
  ['GET', '/v1/configurations?limit=-1', {}, 'bad-request'],
  ['GET', '/v1/changes?after=x', {}, 'bad-request'],
  ['GET', '/v1/changes?after=-1', {}, 'bad-request'],
  ['GET', '/v1/changes', { headers: { 'last-event-id': '1-2-3' } }, 'bad-request'],
];

const badPreconditions: Row[] = [
  ['PUT', '/v1/devices/here', { json: {}, headers: { 'if-match': '"999"' } }, 'precondition-failed'],
  ['PUT', '/v1/devices/here', { json: {}, headers: { 'if-match': '"x", W/"1"' } }, 'precondition-failed'],
  ['PUT', '/v1/devices/none', { json: {}, headers: { 'if-match': '*' } }, 'precondition-failed'],
  ['PUT', '/v1/devices/here', { json: {}, headers: { 'if-none-match': '*' } }, 'precondition-failed'],
  ['PUT', '/v1/devices/here', { json: {}, headers: { 'if-none-match': '"1"' } }, 'bad-request'],
  ['PUT', '/v1/devices/here', { json: {}, headers: { 'if-match': 'unquoted' } }, 'bad-request'],
  ['PATCH', '/v1/devices/here', { json: {}, headers: { 'if-match': '"999"' } }, 'precondition-failed'],
  ['DELETE', '/v1/devices/here', { headers: { 'if-match': '"999"' } }, 'precondition-failed'],
  ['PUT', '/v1/configurations/stored', { json: GOOD, headers: { 'if-match': '"999"' } }, 'precondition-failed'],
  ['DELETE', '/v1/configurations/stored', { headers: { 'if-match': '"999"' } }, 'precondition-failed'],
  [
    'POST',
    '/v1/configurations/stored/rollout',
    { json: PAUSE, headers: { 'if-match': '"999"' } },
    'precondition-failed',
  ],
  ['POST', '/v1/configurations/stored/rollout', { json: PAUSE, headers: { 'if-match': 'x' } }, 'bad-request'],
  ['GET', '/v1/configurations/stored', { headers: { 'if-none-match': 'x' } }, 'bad-request'],
];

describe.each<[string, Row[]]>([
  ['what is not there', unknownPlaces],
  ['other methods', otherMethods],
  ['strangers', strangers],
  ['bad bodies', badBodies],
  ['bad paths and queries', badPathsAndQueries],
  ['preconditions', badPreconditions],
])('%s', (_what, rows) => {
  it.each(rows.map((row) => [titleOf(row), row] as const))('%s', async (_title, [method, path, options, code]) => {
    const told = await open.ask(method, path, options);
    if (method !== 'HEAD') {
      expect(told.body).toMatchObject({ type: `urn:muster:problem:${code}`, code, ...PROBLEMS[code] });
      expect(told.body).toMatchObject({ detail: expect.stringMatching(/.{10}/) });
    }
    expect(told.status).toBe(PROBLEMS[code].status);
    expect(told.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

function titleOf([method, path, options, code]: Row): string {
  return `${code}: ${method} ${path} ${JSON.stringify(options)}`.slice(0, 120);
}

it('refused writes changed nothing', async () => {
  expect((await open.ask('GET', '/v1/devices')).body).toMatchObject({ items: [{ id: 'here', tags: { a: 1 } }] });
  expect((await open.ask('GET', '/v1/configurations')).body).toMatchObject({
    items: [{ id: 'stored', generation: 1 }],
  });
});

it('401 says how to authenticate, 405 which methods are allowed', async () => {
  const unauthorized = await open.ask('GET', '/v1/devices', { token: null });
  expect(unauthorized.headers['www-authenticate']).toMatch(/^Bearer/);
  expect((await open.ask('POST', '/v1/devices/here')).headers.allow).toBe('GET, HEAD, PUT, PATCH, DELETE');
});

it('a bad condition is refused with its position', async () => {
  const { body } = await open.ask('GET', `/v1/devices?where=${encodeURIComponent("FOO(device.id, 'x')")}`);
  expect(body).toMatchObject({ position: 0, length: expect.any(Number), hint: expect.any(String) });
});

it('an internal error shows no details, and is logged under the id in the answer', async () => {
  const reconciler = {
    counters: {},
    status: () => {
      throw new Error('insides');
    },
    find: () => {
      throw new Error('insides');
    },
    plan: () => {
      throw new Error('insides');
    },
    generationOf: () => 1,
    preview: () => Promise.reject(new Error('insides')),
    explain: () => Promise.reject(new Error('insides')),
    rolloutStatus: () => Promise.reject(new Error('insides')),
  };
  const broken = await openApp({ running: { reconciler } });
  await broken.ask('PUT', '/v1/devices/a', { json: {} });
  const told = await broken.ask('GET', '/v1/devices/a/explain');
  expect(told.status).toBe(500);
  expect(told.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(told.text).not.toContain('insides');
  const [fault] = broken.logged.filter(({ level }) => level === 'error');
  const [errorId = 'no id'] = /[0-9a-f-]{36}/.exec(told.text) ?? [];
  expect(fault?.details).toMatchObject({ errorId });
  await broken.close();
});

it('until the server is ready the API is unavailable, and health names the missing part', async () => {
  open.health.set('reconciler', 'starting');
  expect((await open.ask('GET', '/v1/devices')).body).toMatchObject({ code: 'unavailable', status: 503 });
  const told = await open.ask('GET', '/readyz', { token: null });
  expect(told.status).toBe(503);
  expect(told.body).toMatchObject({ code: 'unavailable', parts: { tests: 'ready', reconciler: 'starting' } });
  open.health.set('reconciler', 'ready');
  expect((await open.ask('GET', '/readyz', { token: null })).body).toMatchObject({ parts: { reconciler: 'ready' } });
  expect((await open.ask('GET', '/livez', { token: null })).status).toBe(200);
});

it('metrics count devices, events and requests by route, and name no device', async () => {
  await open.ask('GET', '/v1/devices/here');
  const { text, headers } = await open.ask('GET', '/metrics', { token: null });
  expect(headers['content-type']).toMatch(/^text\/plain/);
  expect(text).toContain('muster_connected_devices 3');
  expect(text).toContain('muster_broker_events_total{event="reports"} 7');
  expect(text).toContain(
    'muster_http_request_duration_seconds_count{method="GET",route="/v1/devices/:id",status="200"}',
  );
  expect(text).toContain('process_cpu_seconds_total');
  expect(text).not.toContain('"here"');
});

it('HEAD is answered like GET, without the body', async () => {
  const head = await open.ask('HEAD', '/v1/devices/here');
  const get = await open.ask('GET', '/v1/devices/here');
  expect([head.status, head.text, head.headers.etag]).toEqual([200, '', get.headers.etag]);
});
