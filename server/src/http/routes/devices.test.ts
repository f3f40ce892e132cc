import type { Plan } from '@muster/conditions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenApp, openApp } from '../../testing/open-app.js';

interface ListBody {
  readonly items: readonly { readonly id: string }[];
  readonly cursor?: string;
}

let open: OpenApp;
beforeEach(async () => {
  open = await openApp();
});
afterEach(() => open.close());

const put = (id: string, json: unknown = {}) => open.ask('PUT', `/v1/devices/${id}`, { json });
const list = async (query = '') => (await open.ask('GET', `/v1/devices${query}`)).body as ListBody;
const where = (condition: string) => `?where=${encodeURIComponent(condition)}`;
const eventually = (check: () => Promise<void>) => expect.poll(() => check().then(() => true)).toBe(true);

describe('a device', () => {
  it('is registered with 201 and a secret that is never shown again, and replaced with 200', async () => {
    const created = await put('pump-1', { tags: { a: 1 } });
    expect(created.status).toBe(201);
    expect(created.headers.location).toBe('/v1/devices/pump-1');
    expect(created.body).toMatchObject({ id: 'pump-1', name: 'pump-1', tags: { a: 1 }, secret: expect.any(String) });
    const replaced = await put('pump-1', { tags: { b: 2 } });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ tags: { b: 2 } });
    expect(replaced.body).not.toHaveProperty('secret');
    expect((await open.ask('GET', '/v1/devices/pump-1')).body).not.toHaveProperty('secret');
  });

  it('never shows a secret that the operator chose', async () => {
    const { text } = await put('pump-1', { auth: { type: 'secret', secret: 'sixteen chars ..' } });
    expect(text).not.toContain('sixteen');
  });

  it('is patched with either media type', async () => {
    await put('pump-1', { tags: { a: 1 }, desired: { x: 1 } });
    for (const type of ['application/merge-patch+json', 'application/json; charset=utf-8']) {
      const { status } = await open.ask('PATCH', '/v1/devices/pump-1', { body: `{"tags":{"t":"${type}"}}`, type });
      expect(status).toBe(200);
    }
    const told = await open.ask('PATCH', '/v1/devices/pump-1', {
      json: { desired: { x: null, y: 2 }, tags: { t: null } },
    });
    expect(told.body).toMatchObject({ tags: { a: 1 }, ownDesired: { y: 2 } });
  });

  it('is deleted with 204', async () => {
    await put('pump-1');
    const told = await open.ask('DELETE', '/v1/devices/pump-1');
    expect([told.status, told.text]).toEqual([204, '']);
    expect((await open.ask('GET', '/v1/devices/pump-1')).status).toBe(404);
  });

  it('has an ETag in every answer, which guards writes', async () => {
    const { headers } = await put('pump-1');
    const etag = String(headers.etag);
    expect((await open.ask('GET', '/v1/devices/pump-1')).headers.etag).toBe(etag);
    const write = (ifMatch: string) =>
      open.ask('PATCH', '/v1/devices/pump-1', { json: { tags: { at: ifMatch } }, headers: { 'if-match': ifMatch } });
    const good = await write(`"nonsense", ${etag}`);
    expect(good.status).toBe(200);
    expect(good.headers.etag).not.toBe(etag);
    expect((await write(etag)).status).toBe(412);
    expect((await write('*')).status).toBe(200);
  });

  it('is created only if absent with If-None-Match', async () => {
    const make = () => open.ask('PUT', '/v1/devices/once', { json: {}, headers: { 'if-none-match': '*' } });
    expect([(await make()).status, (await make()).status]).toEqual([201, 412]);
  });

  it('is always read in full: its ETag does not cover members that the fleet changes', async () => {
    const { headers } = await put('pump-1');
    const told = await open.ask('GET', '/v1/devices/pump-1', { headers: { 'if-none-match': String(headers.etag) } });
    expect(told.status).toBe(200);
  });

  it('is explained', async () => {
    await put('pump-1', { desired: { a: 1 } });
    await open.ask('PUT', '/v1/configurations/c', {
      json: { targetCondition: '*', desiredProperties: { a: 2, b: 3 } },
    });
    await eventually(async () => {
      const { body } = await open.ask('GET', '/v1/devices/pump-1/explain');
      expect(body).toMatchObject({
        id: 'pump-1',
        paths: { '/a': { value: 1, winner: { layer: 'device' } }, '/b': { value: 3, winner: { id: 'c' } } },
      });
    });
  });
});

describe('the list', () => {
  it('returns pages, every device once, with a cursor on all pages but the last', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `d-${index}`);
    for (const id of ids) await put(id);
    const pages: ListBody[] = [];
    for (let cursor: string | undefined; pages.length === 0 || cursor; cursor = pages.at(-1)?.cursor) {
      pages.push(await list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`));
    }
    expect(pages.map(({ items }) => items.map(({ id }) => id))).toEqual([
      ids.slice(0, 3),
      ids.slice(3, 6),
      ids.slice(6),
    ]);
    expect(pages.at(-1)).not.toHaveProperty('cursor');
    expect(await list('?limit=7')).not.toHaveProperty('cursor');
    const foreign = await open.ask('GET', `/v1/configurations?cursor=${pages[0]?.cursor}`);
    expect(foreign.body).toMatchObject({ code: 'bad-request' });
  });

  it.each([
    ["device.tags.site = 'q'", ['q-1', 'q-2']],
    ["device.tags.site = 'q' AND device.tags.level > 3", ['q-2']],
    ["device.desired.mode = 'on'", ['q-1']],
    ['device.connected = false', ['other', 'q-1', 'q-2']],
    ["device.createdAt > '2001-01-01T00:00:00Z'", ['other', 'q-1', 'q-2']],
    ['IS_DEFINED(device.lastSeenAt)', []],
    ["device.name = 'Q one'", ['q-1']],
  ])('where %s', async (condition, expected) => {
    await put('q-1', { name: 'Q one', tags: { site: 'q', level: 3 }, desired: { mode: 'on' } });
    await put('q-2', { tags: { site: 'q', level: 5 } });
    await put('other');
    await eventually(async () => {
      expect((await list(where(condition))).items.map(({ id }) => id)).toEqual(expected);
    });
  });

  it('returns its plan on request', async () => {
    for (const even of [true, false]) await put(`d-${even}`, { tags: { even } });
    const query = where('device.tags.even = true AND device.connected = false');
    const { plan } = (await list(`${query}&explain=true&limit=1`)) as unknown as { plan: Plan };
    expect(plan).toMatchObject({ isExact: false, root: { way: 'intersection' } });
    expect(plan.root.steps?.map(({ way, uses }) => [way, uses])).toEqual([
      ['lookup', 'values of device.tags.even'],
      ['verify', undefined],
    ]);
    expect(await list(query)).not.toHaveProperty('plan');
    expect(await list('?explain=true')).not.toHaveProperty('plan');
  });

  it('continues after a page of matches', async () => {
    for (let index = 0; index < 20; index += 1) await put(`d-${index + 10}`, { tags: { even: index % 2 === 0 } });
    const ids: string[] = [];
    let query = `${where('device.tags.even = true')}&limit=4`;
    for (let page = await list(query); ; page = await list(query)) {
      ids.push(...page.items.map(({ id }) => id));
      if (page.cursor === undefined) break;
      query = `${where('device.tags.even = true')}&limit=4&cursor=${page.cursor}`;
    }
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `d-${index * 2 + 10}`));
  });

  it('is trimmed by select', async () => {
    await put('d-1', { tags: { region: 'eu', 'a b': 1, more: 2 } });
    const select = encodeURIComponent("id, tags.region,tags['a b'],reported.fw");
    expect(await list(`?select=${select}`)).toEqual({ items: [{ id: 'd-1', tags: { region: 'eu', 'a b': 1 } }] });
  });
});
