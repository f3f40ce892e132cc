import type { ImportResult } from '@muster/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answer, problem, Wire } from '../testing/wire.js';
import type { ImportLine } from './import-devices.js';

let wire: Wire;
afterEach(() => wire.close());

describe('devices', () => {
  it('lists page after page', async () => {
    wire = await Wire.open(answer(200, { items: [{ id: 'a' }], cursor: 'x y' }), answer(200, { items: [{ id: 'b' }] }));
    const ids: string[] = [];
    for await (const { id } of wire.client().devices.list({ limit: 1 })) ids.push(id);
    expect(ids).toEqual(['a', 'b']);
    expect(wire.received.map(({ url }) => url)).toEqual(['/v1/devices?limit=1', '/v1/devices?limit=1&cursor=x+y']);
  });

  it('fetches a page only when it is needed', async () => {
    wire = await Wire.open(answer(200, { items: [{ id: 'a' }], cursor: 'x' }));
    for await (const _ of wire.client().devices.list()) break;
    expect(wire.received).toHaveLength(1);
  });

  it('queries with a condition and paths', async () => {
    wire = await Wire.open(answer(200, { items: [] }));
    const { devices } = wire.client();
    for await (const _ of devices.query({ where: "device.name = 'ü&'", select: ['id', 'tags.a'] }));
    const url = new URL(wire.received[0]?.url ?? '', 'http://localhost');
    expect(Object.fromEntries(url.searchParams)).toEqual({ where: "device.name = 'ü&'", select: 'id,tags.a' });
  });

  it('explains a query, and requests at most one device', async () => {
    const root = { condition: 'true', way: 'constant', estimate: 2, isExact: true };
    wire = await Wire.open(
      answer(200, { items: [{ id: 'a' }], cursor: 'x', plan: { estimate: 2, isExact: true, root } }),
    );
    expect(await wire.client().devices.explainQuery('true')).toEqual({ estimate: 2, isExact: true, root });
    expect(wire.received.map(({ url }) => url)).toEqual(['/v1/devices?where=true&explain=true&select=id&limit=1']);
  });

  it('returns a page with its cursor', async () => {
    wire = await Wire.open(answer(200, { items: [], cursor: 'x' }));
    expect(await wire.client().devices.page({ cursor: 'w' })).toEqual({ items: [], cursor: 'x' });
    expect(wire.received[0]?.url).toBe('/v1/devices?cursor=w');
  });

  it('explains', async () => {
    wire = await Wire.open(answer(200, { id: 'a:b', desiredVersion: 1, paths: {}, configurations: [] }));
    expect(await wire.client().devices.explain('a:b')).toMatchObject({ desiredVersion: 1 });
    expect(wire.received[0]?.url).toBe('/v1/devices/a%3Ab/explain');
  });
});

describe('configurations', () => {
  it.each([
    { name: 'get', method: 'GET', url: '/v1/configurations/c' },
    { name: 'put', method: 'PUT', url: '/v1/configurations/c' },
    { name: 'putWithin', method: 'PUT', url: '/v1/configurations/c?maxChanged=0' },
    { name: 'remove', method: 'DELETE', url: '/v1/configurations/c' },
    { name: 'removeWithin', method: 'DELETE', url: '/v1/configurations/c?maxChanged=2' },
    { name: 'status', method: 'GET', url: '/v1/configurations/c/status' },
    { name: 'rolloutWithin', method: 'POST', url: '/v1/configurations/c/rollout?maxChanged=2' },
    { name: 'previewRollout', method: 'POST', url: '/v1/configurations:preview' },
    { name: 'rollout', method: 'POST', url: '/v1/configurations/c/rollout' },
    { name: 'preview', method: 'POST', url: '/v1/configurations:preview' },
    { name: 'page', method: 'GET', url: '/v1/configurations' },
    { name: 'list', method: 'GET', url: '/v1/configurations' },
  ] as const)('$name is $method $url', async ({ name, method, url }) => {
    wire = await Wire.open(answer(200, { items: [] }));
    const { configurations } = wire.client();
    const input = { targetCondition: '*', desiredProperties: {} };
    const calls = {
      get: () => configurations.get('c'),
      put: () => configurations.put('c', input),
      putWithin: () => configurations.put('c', input, { maxChanged: 0 }),
      remove: () => configurations.remove('c'),
      removeWithin: () => configurations.remove('c', { maxChanged: 2 }),
      rolloutWithin: () => configurations.rollout('c', { action: 'promote' }, { maxChanged: 2 }),
      previewRollout: () => configurations.previewRollout('c', { action: 'promote' }),
      status: () => configurations.status('c'),
      rollout: () => configurations.rollout('c', { action: 'pause' }),
      preview: () => configurations.preview({ id: 'c', ...input }),
      page: () => configurations.page(),
      list: () => configurations.list().next(),
    };
    await calls[name]();
    expect(wire.received).toMatchObject([{ method, url }]);
  });

  it('act on a rollout with a precondition, and return its status', async () => {
    const status = { matched: 1, rollout: { state: 'rolledBack' } };
    wire = await Wire.open(answer(200, status));
    const { configurations } = wire.client();
    const action = { action: 'rollback', generation: 3 } as const;
    expect(await configurations.rollout('c', action, { ifMatch: '"7"' })).toEqual(status);
    expect(wire.received).toMatchObject([{ body: JSON.stringify(action), headers: { 'if-match': '"7"' } }]);
  });
});

it.each([
  [{ action: 'rollback' }, { id: 'c', rollback: true }],
  [
    { action: 'rollback', generation: 3 },
    { id: 'c', rollback: 3 },
  ],
  [{ action: 'promote' }, { id: 'c', promote: true }],
] as const)('a preview of %j asks for it', async (action, body) => {
  wire = await Wire.open(answer(200, { changed: 1 }));
  expect(await wire.client().configurations.previewRollout('c', action)).toEqual({ changed: 1 });
  expect(wire.received).toMatchObject([{ body: JSON.stringify(body) }]);
});

describe('import', () => {
  /** Answers each line as soon as it is read. */
  async function importing(): Promise<Wire> {
    return Wire.openRaw(async (request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      request.setEncoding('utf8');
      let rest = '';
      for await (const text of request) {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) response.write(`${JSON.stringify({ id: JSON.parse(line).id, status: 201 })}\n`);
      }
      response.end();
    });
  }

  async function collect(results: AsyncIterable<ImportResult>): Promise<ImportResult[]> {
    const all: ImportResult[] = [];
    for await (const result of results) all.push(result);
    return all;
  }

  it('returns results in order, from any kind of source', async () => {
    wire = await importing();
    const lines = Array.from({ length: 1_000 }, (_, index) => ({ id: `d${index}` }));
    const expected = lines.map(({ id }) => ({ id, status: 201 }));
    expect(await collect(wire.client().devices.import(lines))).toEqual(expected);
    async function* source(): AsyncGenerator<ImportLine> {
      yield* lines;
    }
    expect(await collect(wire.client().devices.import(source()))).toEqual(expected);
  });

  it('returns results while the source still runs', async () => {
    wire = await importing();
    let next: () => void = () => {};
    async function* source(): AsyncGenerator<ImportLine> {
      yield { id: 'first' };
      await new Promise<void>((resolve) => {
        next = resolve;
      });
      yield { id: 'second' };
    }
    const results = wire.client().devices.import(source());
    expect((await results.next()).value).toEqual({ id: 'first', status: 201 });
    next();
    expect((await results.next()).value).toEqual({ id: 'second', status: 201 });
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('fails with the error of its source', async () => {
    wire = await importing();
    async function* source(): AsyncGenerator<ImportLine> {
      yield { id: 'first' };
      throw new Error('the file is gone');
    }
    await expect(collect(wire.client().devices.import(source()))).rejects.toThrow(/^the file is gone$/);
  });

  it('ends the source when the caller stops', async () => {
    wire = await importing();
    let isClosed = false;
    async function* source(): AsyncGenerator<ImportLine> {
      try {
        for (let number = 0; ; number += 1) yield { id: `d${number}` };
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of wire.client().devices.import(source())) break;
    expect(isClosed).toBe(true);
  });

  it('does not wait for a source that is stuck', async () => {
    wire = await importing();
    async function* source(): AsyncGenerator<ImportLine> {
      yield { id: 'first' };
      await new Promise(() => {});
    }
    for await (const { id } of wire.client().devices.import(source())) {
      expect(id).toBe('first');
      break;
    }
  });

  it('is sent in several requests if a body cannot be a stream', async () => {
    wire = await Wire.open(({ body }, response) => {
      const ids = body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id);
      response.end(ids.map((id) => JSON.stringify({ id, status: 200 })).join('\n'));
    });
    vi.stubGlobal(
      'Request',
      class {
        headers = new Headers({ 'content-type': 'text/plain' });
      },
    );
    const lines = Array.from({ length: 1_001 }, (_, index) => ({ id: `d${index}` }));
    const results = await collect(wire.client().devices.import(lines)).finally(() => vi.unstubAllGlobals());
    expect(results.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    expect(wire.received.map(({ body }) => body.split('\n').length - 1)).toEqual([500, 500, 1]);
  });

  it('fails with the error of the server', async () => {
    wire = await Wire.open(problem(403, 'forbidden'));
    await expect(collect(wire.client().devices.import([{ id: 'a' }]))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
