import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../client.js';
import type { ServiceEvent } from './service-event.js';

let broker: Aedes;
let server: Server;
let port: number;
const sockets = new Set<Socket>();

beforeEach(async () => {
  broker = await Aedes.createBroker();
  broker.authenticate = (_client, user, password, done) =>
    done(null, user === 'token' && password?.toString() === 'secret');
  broker.authorizeSubscribe = (_client, subscription, done) =>
    done(null, subscription.topic.startsWith('$') ? null : subscription);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  dropAll();
  await closed;
  await new Promise<void>((resolve) => broker.close(resolve));
});

function dropAll(): void {
  for (const socket of sockets) socket.destroy();
}

function publish(topic: string, value: unknown): void {
  const payload = JSON.stringify(value);
  broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {});
}

function events(
  options: { token?: string; filters?: string[]; signal?: AbortSignal } = {},
): AsyncGenerator<ServiceEvent> {
  const client = new Client({ url: 'http://127.0.0.1:1', token: 'secret', random: () => 0.001 });
  return client.events({ url: `mqtt://127.0.0.1:${port}`, ...options });
}

async function subscribed(): Promise<void> {
  await once(broker, 'subscribe');
}

describe('events', () => {
  it('are typed by their topic', async () => {
    const stream = events({ filters: ['twins/#', 'configurations/+/status', 'devices/#'] });
    const first = stream.next();
    await subscribed();
    for (const kind of ['desired', 'reported', 'acknowledged', 'presence']) publish(`twins/d/${kind}`, { kind });
    publish('twins/d/desired/set', { ignored: true });
    publish('configurations/c/status', { matched: 1 });
    publish('devices/d/telemetry', 7);
    const seen = [(await first).value];
    for (let count = 0; count < 5; count += 1) seen.push((await stream.next()).value);
    expect(seen).toMatchObject([
      { kind: 'desired', device: 'd', data: { kind: 'desired' } },
      { kind: 'reported', device: 'd' },
      { kind: 'acknowledged', device: 'd' },
      { kind: 'presence', device: 'd' },
      { kind: 'status', configuration: 'c', data: { matched: 1 } },
      { kind: 'message', device: 'd', topic: 'devices/d/telemetry' },
    ]);
    await stream.return(undefined);
    expect(broker.connectedClients).toBeLessThanOrEqual(1);
  });

  it('come from the four topics of every twin by default, with a gap after a reconnect', async () => {
    const stream = events();
    const first = stream.next();
    await subscribed();
    publish('configurations/c/status', {});
    publish('twins/d/presence', { connected: true });
    expect((await first).value).toMatchObject({ kind: 'presence' });
    const second = stream.next();
    dropAll();
    expect((await second).value).toEqual({ kind: 'gap', reason: 'reconnected' });
    publish('twins/d/presence', { connected: false });
    expect((await stream.next()).value).toMatchObject({ kind: 'presence', data: { connected: false } });
    await stream.return(undefined);
  });

  it.each([
    { name: 'a refused token', options: { token: 'wrong' }, code: 'unauthorized' },
    { name: 'a refused filter', options: { filters: ['$twin/desired'] }, code: 'forbidden' },
  ])('throw for $name', async ({ options, code }) => {
    await expect(events(options).next()).rejects.toMatchObject({ name: 'TwinError', code });
  });

  it('throw for a payload that is not JSON', async () => {
    const stream = events();
    const first = stream.next();
    await subscribed();
    broker.publish(
      { cmd: 'publish', topic: 'twins/d/desired', payload: '{', qos: 0, retain: false, dup: false },
      () => {},
    );
    await expect(first).rejects.toMatchObject({ code: 'malformed' });
  });

  it('end without an error when the signal aborts', async () => {
    const ending = new AbortController();
    const first = events({ signal: ending.signal }).next();
    await subscribed();
    ending.abort();
    expect(await first).toEqual({ done: true, value: undefined });
  });
});
