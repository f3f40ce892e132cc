import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deviceActor, MemoryStore } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { LIMITS } from '@muster/twin';
import { afterEach, describe, expect, it } from 'vitest';
import { type OpenApp, openApp, TOKEN } from '../../testing/open-app.js';

interface ReadEvent {
  readonly event: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

let open: OpenApp | undefined;
let responses: ServerResponse[] = [];
let feeds: { readonly response: IncomingMessage; readonly text: string }[] = [];
afterEach(async () => {
  await open?.close();
  for (const { response, text } of feeds) {
    const mediaType = response.headers['content-type'];
    const status = response.statusCode ?? 0;
    open?.responses.check({ method: 'GET', path: '/v1/changes', status, mediaType, text });
  }
  feeds = [];
});

async function start(parts: Parameters<typeof openApp>[0] = {}): Promise<OpenApp> {
  open = await openApp(parts);
  await open.app.listen({ port: 0 });
  responses = [];
  open.app.server.on('request', (_request, response) => responses.push(response));
  return open;
}

/** A client of the feed: the events so far, and the raw text. */
async function follow({ app }: OpenApp, query = '', headers: Record<string, string> = {}) {
  const { port } = app.server.address() as AddressInfo;
  const sent = get({ port, path: `/v1/changes${query}`, headers: { authorization: `Bearer ${TOKEN}`, ...headers } });
  sent.on('error', () => {});
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const feed = { response, text: '', isClosed: false };
  feeds.push(feed);
  response.setEncoding('utf8').on('data', (chunk) => {
    feed.text += chunk;
  });
  response
    .on('error', () => {})
    .on('close', () => {
      feed.isClosed = true;
    });
  return feed;
}

function read(text: string): ReadEvent[] {
  return [...text.matchAll(/event: (.*)\nid: (.*)\ndata: (.*)\n\n/g)].map(([, event = '', id = '', data = '']) => ({
    event,
    id,
    data: JSON.parse(data),
  }));
}

const put = (app: OpenApp, id: string, n = 0) => app.ask('PUT', `/v1/devices/${id}`, { json: { tags: { n } } });
const devices = (text: string) => read(text).flatMap(({ event, data }) => (event === 'device' ? [data.device] : []));

describe('the change feed', () => {
  it('answers at once, begins with the next change, and names every event', async () => {
    const server = await start();
    await put(server, 'before');
    const feed = await follow(server);
    expect(feed.response.headers['content-type']).toMatch(/^text\/event-stream/);
    await put(server, 'after');
    await server.ask('PUT', '/v1/configurations/c', { json: { targetCondition: 'false', desiredProperties: {} } });
    await expect
      .poll(() => read(feed.text))
      .toMatchObject([
        { event: 'device', id: '2', data: { device: 'after', change: 'registered', at: expect.any(String) } },
        { event: 'configuration', id: '3', data: { configuration: 'c', change: 'created', generation: 1 } },
      ]);
  });

  it.each([
    ['after', '?after=2', {}],
    ['Last-Event-ID', '', { 'last-event-id': '2' }],
    ['Last-Event-ID, which wins over after', '?after=0', { 'last-event-id': '2' }],
  ])('resumes by %s', async (_what, query, headers) => {
    const server = await start();
    for (const id of ['a', 'b', 'c', 'd']) await put(server, id);
    const feed = await follow(server, query, headers as Record<string, string>);
    await put(server, 'e');
    await expect.poll(() => devices(feed.text)).toEqual(['c', 'd', 'e']);
  });

  it('reports a gap when the changes are trimmed, and continues after it', async () => {
    const store = new MemoryStore();
    const server = await start({ registry: await openRegistry({ store }) });
    for (const id of ['a', 'b', 'c']) await put(server, id);
    await store.trim({ olderThan: 0, bytesMax: 1 });
    const feed = await follow(server, '?after=0');
    await put(server, 'd');
    await expect.poll(() => devices(feed.text)).toContain('d');
    const [gap, ...rest] = read(feed.text);
    expect(gap).toMatchObject({ event: 'gap', id: '2', data: { after: '0', oldest: '3' } });
    expect(rest.map(({ id }) => id)).toEqual(['3', '4']);
  });

  it('reports a gap for a cursor of another log', async () => {
    const server = await start();
    await put(server, 'a');
    const feed = await follow(server, '?after=999');
    await put(server, 'b');
    await expect
      .poll(() => read(feed.text))
      .toMatchObject([
        { event: 'gap', id: '1', data: { after: '999' } },
        { event: 'device', id: '2', data: { device: 'b' } },
      ]);
  });

  it('sends a heartbeat every 15 seconds', async () => {
    const clock = new FakeClock();
    const server = await start({ clock });
    const feed = await follow(server);
    await expect.poll(() => feed.text).toBe(':\n\n');
    clock.advance(30_000);
    await expect.poll(() => feed.text).toBe(':\n\n:\n\n:\n\n');
  });

  it('waits for a client that does not read, with bounded memory, and then disconnects it', async () => {
    const clock = new FakeClock();
    const server = await start({ clock });
    const feed = await follow(server);
    feed.response.pause();
    await fillBacklog(server);
    const [response] = responses;
    await expect.poll(() => response?.writableLength).toBeGreaterThan(LIMITS.feedBacklogBytesMax);
    expect(response?.writableLength).toBeLessThan(2 * LIMITS.feedBacklogBytesMax);
    clock.advance(60_000);
    await expect.poll(() => response?.destroyed).toBe(true);
  });

  it('gives a late reader everything, once and in order', async () => {
    const server = await start();
    const feed = await follow(server);
    feed.response.pause();
    await fillBacklog(server);
    feed.response.resume();
    const { head } = await server.registry.changeLog.read(0, 1);
    const ids = () => read(feed.text).map(({ id }) => Number(id));
    await expect.poll(() => ids().length, { timeout: 15_000 }).toBe(head);
    expect(ids()).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  });

  it('ends cleanly when the server stops', async () => {
    const server = await start();
    const feed = await follow(server);
    await server.close();
    await expect.poll(() => feed.isClosed).toBe(true);
    expect(feed.response.complete).toBe(true);
    open = undefined;
  });
});

/** Makes more changes than the sockets and the backlog together can hold. */
async function fillBacklog({ registry }: OpenApp): Promise<void> {
  await registry.devices.register(OPERATOR, 'big', {});
  for (let n = 0; n < 1_000; n += 1) {
    const text = String(n).padEnd(4_000);
    const reported = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`k${index}`, text]));
    await registry.devices.report(deviceActor('big'), 'big', { reported });
  }
}
