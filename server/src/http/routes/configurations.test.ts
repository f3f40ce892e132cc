import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenApp, openApp } from '../../testing/open-app.js';

const WRITTEN = { targetCondition: "device.tags.k = 'x'", desiredProperties: { a: [1, null] }, priority: 3 };

let open: OpenApp;
beforeEach(async () => {
  open = await openApp();
});
afterEach(() => open.close());

const put = (id: string, json: unknown = WRITTEN) => open.ask('PUT', `/v1/configurations/${id}`, { json });

it('is created with 201, replaced with 200, and returned as it was written', async () => {
  const created = await put('c');
  expect([created.status, created.headers.location]).toEqual([201, '/v1/configurations/c']);
  const added = { id: 'c', generation: 1, enabled: true, enforce: false, indexable: true };
  expect(created.body).toMatchObject({ ...WRITTEN, ...added });
  const same = await put('c');
  expect([same.status, same.headers.etag]).toEqual([200, created.headers.etag]);
  const changed = await put('c', { ...WRITTEN, priority: 4 });
  expect(changed.body).toMatchObject({ generation: 2 });
  expect(changed.headers.etag).not.toBe(created.headers.etag);
});

it('an answer can be written back', async () => {
  await put('c');
  const { body } = await open.ask('GET', '/v1/configurations/c');
  expect((await put('c', body)).body).toEqual(body);
});

it('says why a condition is not indexable, in every answer', async () => {
  const scanned = { ...WRITTEN, targetCondition: 'IS_DEFINED(device.name)' };
  const said = { indexable: false, notIndexableBecause: expect.stringContaining('every device has') };
  const written = await put('c', scanned);
  const read = await open.ask('GET', '/v1/configurations/c');
  const listed = await open.ask('GET', '/v1/configurations');
  const previewed = await open.ask('POST', '/v1/configurations:preview', { json: scanned });
  for (const body of [written.body, read.body, previewed.body]) expect(body).toMatchObject(said);
  expect(listed.body).toMatchObject({ items: [said] });
  const again = await put('c', read.body);
  expect([again.status, again.headers.etag, again.body]).toEqual([200, written.headers.etag, read.body]);
});

it('is not sent again to a client that has it', async () => {
  const { headers } = await put('c');
  const read = (tag: string) => open.ask('GET', '/v1/configurations/c', { headers: { 'if-none-match': tag } });
  for (const tag of [String(headers.etag), `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
    const { status, text } = await read(tag);
    expect([tag, status, text]).toEqual([tag, 304, '']);
  }
  expect((await read('"999"')).status).toBe(200);
});

it('is deleted with 204', async () => {
  await put('c');
  expect((await open.ask('DELETE', '/v1/configurations/c')).status).toBe(204);
  expect((await open.ask('GET', '/v1/configurations/c')).status).toBe(404);
});

it('are listed in id order and in pages', async () => {
  for (const id of ['b', 'a', 'B']) await put(id);
  const first = (await open.ask('GET', '/v1/configurations?limit=2')).body as { cursor: string };
  expect(first).toMatchObject({ items: [{ id: 'B' }, { id: 'a' }] });
  const second = await open.ask('GET', `/v1/configurations?limit=2&cursor=${first.cursor}`);
  expect(second.body).toMatchObject({ items: [{ id: 'b' }] });
  expect(second.body).not.toHaveProperty('cursor');
});

it('have a status of counts', async () => {
  await open.ask('PUT', '/v1/devices/d', { json: { tags: { k: 'x' } } });
  await put('c');
  const status = async () => (await open.ask('GET', '/v1/configurations/c/status')).body;
  await expect.poll(status).toMatchObject({ matched: 1, admitted: 1, winning: 1, pending: 1, offline: 1 });
});

it('are previewed without being stored, with or without an id', async () => {
  await open.ask('PUT', '/v1/devices/d', { json: { tags: { k: 'x' } } });
  for (const id of [{}, { id: 'c' }]) {
    const { status, body } = await open.ask('POST', '/v1/configurations:preview', { json: { ...WRITTEN, ...id } });
    expect(status).toBe(200);
    const sample = [{ id: 'd', after: { a: [1, null] } }];
    expect(body).toMatchObject({ matched: 1, entering: 1, changed: 1, sample, indexable: true });
  }
  expect((await open.ask('GET', '/v1/configurations/c')).status).toBe(404);
});

it('are stored only if no more devices change than maxChanged allows', async () => {
  for (const id of ['d', 'e']) await open.ask('PUT', `/v1/devices/${id}`, { json: { tags: { k: 'x' } } });
  const bounded = (maxChanged: number) =>
    open.ask('PUT', `/v1/configurations/c?maxChanged=${maxChanged}`, { json: WRITTEN });
  const { status, body } = await bounded(1);
  expect([status, body]).toMatchObject([409, { code: 'conflict', changed: 2 }]);
  expect((await open.ask('GET', '/v1/configurations/c')).status).toBe(404);
  expect((await bounded(2)).status).toBe(201);
  expect((await bounded(0)).status).toBe(200);
});

it('are deleted only if no more devices change than maxChanged allows', async () => {
  await open.ask('PUT', '/v1/devices/d', { json: { tags: { k: 'x' } } });
  await open.ask('PUT', '/v1/configurations/c', { json: WRITTEN });
  const remove = (maxChanged: string) => open.ask('DELETE', `/v1/configurations/c?maxChanged=${maxChanged}`);
  expect(await remove('0')).toMatchObject({ status: 409, body: { code: 'conflict', changed: 1 } });
  expect(await remove('none')).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  expect((await open.ask('GET', '/v1/configurations/c')).status).toBe(200);
  expect((await remove('1')).status).toBe(204);
});

it.each(['', '-1', '1.5', 'x', '1e3', '9'.repeat(20)])('maxChanged=%s is refused', async (maxChanged) => {
  const answer = await open.ask('PUT', `/v1/configurations/c?maxChanged=${maxChanged}`, { json: WRITTEN });
  expect([answer.status, answer.body]).toMatchObject([400, { code: 'bad-request' }]);
  expect((await open.ask('GET', '/v1/configurations/c')).status).toBe(404);
});
