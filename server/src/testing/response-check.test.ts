import type { JsonObject } from '@muster/twin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenApp, openApp } from './open-app.js';
import { ResponseCheck, type SeenResponse } from './response-check.js';

let open: OpenApp;
let check: ResponseCheck;
let device: JsonObject;
beforeAll(async () => {
  open = await openApp();
  check = new ResponseCheck((await open.ask('GET', '/openapi.json')).body as JsonObject);
  await open.ask('PUT', '/v1/devices/d', { json: {} });
  device = (await open.ask('GET', '/v1/devices/d')).body as JsonObject;
});
afterAll(() => open.close());

const seen = (more: Partial<SeenResponse>): SeenResponse => ({
  method: 'GET',
  path: '/v1/devices/d',
  status: 200,
  mediaType: 'application/json; charset=utf-8',
  text: JSON.stringify(device),
  ...more,
});

it('accepts a response of the server', () => {
  expect(() => check.check(seen({}))).not.toThrow();
  expect(() => check.check(seen({ method: 'HEAD', text: '' }))).not.toThrow();
});

it.each<[string, () => Partial<SeenResponse>, string]>([
  ['an unknown member', () => ({ text: JSON.stringify({ ...device, colour: 'red' }) }), 'colour'],
  ['a missing member', () => ({ text: JSON.stringify({ ...device, tags: undefined }) }), 'tags'],
  ['a member of another type', () => ({ text: JSON.stringify({ ...device, desiredVersion: '1' }) }), '/desiredVersion'],
  ['a time of another form', () => ({ text: JSON.stringify({ ...device, createdAt: 'today' }) }), '/createdAt'],
  [
    'an unknown member of an item',
    () => ({ path: '/v1/devices?limit=1', text: JSON.stringify({ items: [{ ...device, colour: 'red' }] }) }),
    'colour',
  ],
  ['a status', () => ({ status: 202 }), 'this status'],
  ['a path', () => ({ path: '/v1/gadgets' }), 'this path'],
  ['a method', () => ({ method: 'OPTIONS' }), 'this method'],
  ['a media type', () => ({ mediaType: 'text/html' }), 'a body of type "text/html"'],
  ['a body where there is none', () => ({ method: 'DELETE', status: 204 }), 'a body of type'],
  ['a problem without a code', () => ({ status: 404, mediaType: 'application/problem+json', text: '{}' }), 'code'],
  [
    'a line of an import',
    () => ({
      method: 'POST',
      path: '/v1/devices:import',
      mediaType: 'application/x-ndjson',
      text: '{"id":"a","status":201}\n{"id":"b","status":202}\n',
    }),
    '/status',
  ],
  [
    'an event of the feed',
    () => ({
      path: '/v1/changes',
      mediaType: 'text/event-stream',
      text: 'event: presence\nid: 7\ndata: {"device":"d"}\n\n',
    }),
    'connected',
  ],
])('fails if the document does not describe %s', (_what, more, named) => {
  expect(() => check.check(seen(more()))).toThrow(named);
});
