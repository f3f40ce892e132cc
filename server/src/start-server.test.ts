import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog } from './log.js';
import { type Config, readConfig } from './settings/config.js';
import { type RunningServer, startServer } from './start-server.js';

const OWN_SECRET = 'a secret of the operator';
const SCANNED = { targetCondition: 'IS_DEFINED(device.name)', desiredProperties: {} };

let base: string;
let logged: string[];
const servers: RunningServer[] = [];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-server-'));
  logged = [];
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(base, { recursive: true, force: true });
});

function configOf(more: Record<string, string> = {}): Config {
  const reading = readConfig({
    MUSTER_DATA_DIR: join(base, 'data'),
    MUSTER_MQTT_PORT: '0',
    MUSTER_HTTP_PORT: '0',
    MUSTER_LOG_LEVEL: 'trace',
    ...more,
  });
  if (reading.kind === 'problems') throw new Error(reading.problems.join('\n'));
  return reading.config;
}

async function start(more?: Record<string, string>): Promise<RunningServer> {
  const config = configOf(more);
  const log = openLog(config.logLevel, { write: (line) => logged.push(line) });
  const server = await startServer(config, { log });
  servers.push(server);
  return server;
}

const ask = (server: RunningServer, method: string, path: string, json?: unknown, token = server.token) =>
  fetch(`${server.addresses.http}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('startServer', () => {
  it('serves twins over HTTP and MQTT, and keeps them over a restart', async () => {
    const first = await start();
    const created = await ask(first, 'PUT', '/v1/devices/pump-1', { desired: { speed: 20 } });
    const { secret } = (await created.json()) as { secret: string };
    const options = { clientId: 'pump-1', username: 'pump-1', password: secret, reconnectPeriod: 0 };
    const device = await connectAsync(first.addresses.mqtt ?? '', options);
    await device.publishAsync('$twin/reported', '{"reported":{"fw":"1"}}', { qos: 1 });
    await device.endAsync();
    await first.stop();
    const second = await start();
    expect(second.token).toBe(first.token);
    const twin = await (await ask(second, 'GET', '/v1/devices/pump-1')).json();
    expect(twin).toMatchObject({ desired: { speed: 20 }, reported: { fw: '1' }, connected: false });
  });

  it('stops while devices and feeds are connected', async () => {
    const server = await start();
    const created = await ask(server, 'PUT', '/v1/devices/d', {});
    const { secret } = (await created.json()) as { secret: string };
    const options = { clientId: 'd', username: 'd', password: secret, reconnectPeriod: 0 };
    const device = await connectAsync(server.addresses.mqtt ?? '', options);
    const feed = await ask(server, 'GET', '/v1/changes');
    await server.stop();
    expect(await feed.text()).toMatch(/^:/);
    await expect.poll(() => device.connected).toBe(false);
    await device.endAsync(true);
    const again = await start();
    expect(await (await ask(again, 'GET', '/v1/devices/d')).json()).toMatchObject({ connected: false });
  });

  it('announces its addresses while it runs, and releases everything', async () => {
    const server = await start();
    const directory = join(base, 'data');
    expect(JSON.parse(await readFile(join(directory, 'server.json'), 'utf8'))).toMatchObject(server.addresses);
    const port = Number(new URL(server.addresses.http ?? '').port);
    await server.stop();
    await server.stop();
    expect((await readdir(directory)).sort()).toEqual(['admin.token', 'sessions', 'twins']);
    expect(await answers(port)).toBe(false);
  });

  it('refuses a directory that another server uses, without disturbing that server', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/another server is using/);
    expect((await ask(first, 'GET', '/readyz')).status).toBe(200);
  });

  it('leaves nothing running when a part fails to start', async () => {
    const first = await start();
    const port = new URL(first.addresses.mqtt ?? '').port;
    const more = { MUSTER_DATA_DIR: join(base, 'other'), MUSTER_MQTT_PORT: port };
    await expect(start(more)).rejects.toThrow(/EADDRINUSE/);
    await start({ MUSTER_DATA_DIR: join(base, 'other') });
  });

  it('on the memory store with a given token leaves no trace on the disk', async () => {
    const server = await start({ MUSTER_STORE: 'memory', MUSTER_ADMIN_TOKEN: 'given-token' });
    expect((await ask(server, 'GET', '/v1/devices', undefined, 'given-token')).status).toBe(200);
    expect(await readdir(base)).toEqual([]);
  });

  it('writes no token file when a token is given', async () => {
    await start({ MUSTER_ADMIN_TOKEN: 'given-token' });
    expect(await readdir(join(base, 'data'))).not.toContain('admin.token');
  });

  it.each([
    ['MUSTER_MQTT_PORT', ['http']],
    ['MUSTER_HTTP_PORT', ['mqtt']],
  ])('runs without the listener that %s=off takes away', async (name, listeners) => {
    const server = await start({ MUSTER_STORE: 'memory', [name]: 'off' });
    expect(Object.keys(server.addresses)).toEqual(listeners);
  });

  it('limits configurations that are not indexable, over HTTP and MQTT', async () => {
    const server = await start({ MUSTER_SCANNED_CONFIGURATIONS_MAX: '1' });
    expect((await ask(server, 'PUT', '/v1/configurations/a', SCANNED)).status).toBe(201);
    const service = { clientId: 'service', username: 'token', password: server.token, reconnectPeriod: 0 };
    const client = await connectAsync(server.addresses.mqtt ?? '', service);
    await client.publishAsync('configurations/b/set', JSON.stringify(SCANNED), { qos: 1 });
    await client.endAsync();
    const refused = await ask(server, 'PUT', '/v1/configurations/b', SCANNED);
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'bad-condition', position: 0 }]);
    expect((await ask(server, 'GET', '/v1/configurations/b')).status).toBe(404);
  });

  it('refuses to preview what it would not store', async () => {
    const server = await start({ MUSTER_SCANNED_CONFIGURATIONS_MAX: '1' });
    const preview = (more: object) => ask(server, 'POST', '/v1/configurations:preview', { ...SCANNED, ...more });
    expect([(await preview({})).status, (await preview({ id: 'b' })).status]).toEqual([200, 200]);
    await ask(server, 'PUT', '/v1/configurations/a', SCANNED);
    const refusal = await (await ask(server, 'PUT', '/v1/configurations/b', SCANNED)).json();
    for (const asked of [{}, { id: 'b' }]) {
      const refused = await preview(asked);
      expect([refused.status, await refused.json()]).toEqual([400, refusal]);
    }
    const allowed = [
      { id: 'a', targetCondition: 'IS_STRING(device.id)' },
      { id: 'b', enabled: false },
    ];
    for (const asked of allowed) expect((await preview(asked)).status).toBe(200);
    expect((await ask(server, 'GET', '/v1/configurations/b')).status).toBe(404);
  });

  it('requires a bound for writes that change devices if so configured, over HTTP and MQTT', async () => {
    const server = await start({ MUSTER_MAX_CHANGED_REQUIRED: 'true' });
    await ask(server, 'PUT', '/v1/devices/d', {});
    const configuration = { targetCondition: '*', desiredProperties: { speed: 20 } };
    const refused = await ask(server, 'PUT', '/v1/configurations/a', configuration);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'conflict', changed: 1 }]);
    const service = { clientId: 'service', username: 'token', password: server.token, reconnectPeriod: 0 };
    const client = await connectAsync(server.addresses.mqtt ?? '', service);
    await client.subscribeAsync('configurations/a/set/rejected');
    const rejected = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(String(payload))));
    await client.publishAsync('configurations/a/set', JSON.stringify(configuration), { qos: 1 });
    expect(JSON.parse(await rejected)).toMatchObject({ status: 409, code: 'conflict', changed: 1 });
    const unmatched = { ...configuration, targetCondition: "device.id = 'absent'" };
    await client.publishAsync('configurations/b/set', JSON.stringify(unmatched), { qos: 1 });
    await client.endAsync();
    const statuses = ['a', 'b'].map(async (id) => (await ask(server, 'GET', `/v1/configurations/${id}`)).status);
    expect(await Promise.all(statuses)).toEqual([404, 200]);
    const bounded = await ask(server, 'PUT', '/v1/configurations/a?maxChanged=1', configuration);
    expect(bounded.status).toBe(201);
  });

  it('is not deleted over MQTT without a bound either, where one is required', async () => {
    const server = await start({ MUSTER_MAX_CHANGED_REQUIRED: 'true' });
    await ask(server, 'PUT', '/v1/devices/d', {});
    const configuration = { targetCondition: '*', desiredProperties: { speed: 20 } };
    await ask(server, 'PUT', '/v1/configurations/a?maxChanged=1', configuration);
    const service = { clientId: 'service', username: 'token', password: server.token, reconnectPeriod: 0 };
    const client = await connectAsync(server.addresses.mqtt ?? '', service);
    await client.subscribeAsync('configurations/a/set/rejected');
    const rejected = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(String(payload))));
    await client.publishAsync('configurations/a/set', '', { qos: 1 });
    expect(JSON.parse(await rejected)).toMatchObject({ status: 409, code: 'conflict', changed: 1 });
    await client.endAsync();
    expect((await ask(server, 'DELETE', '/v1/configurations/a?maxChanged=1')).status).toBe(204);
  });

  it('counts the stored ones after a restart', async () => {
    const first = await start();
    await ask(first, 'PUT', '/v1/configurations/a', SCANNED);
    await first.stop();
    const second = await start({ MUSTER_SCANNED_CONFIGURATIONS_MAX: '1' });
    const statusOf = async (id: string) => (await ask(second, 'PUT', `/v1/configurations/${id}`, SCANNED)).status;
    expect([await statusOf('b'), await statusOf('a')]).toEqual([400, 200]);
  });

  it('never logs a secret or a token', async () => {
    const server = await start();
    const created = await ask(server, 'PUT', '/v1/devices/d', { tags: { a: 1 } });
    const { secret } = (await created.json()) as { secret: string };
    await ask(server, 'PUT', '/v1/devices/own', { auth: { type: 'secret', secret: OWN_SECRET } });
    await ask(server, 'PUT', '/v1/devices/bad', { auth: { type: 'secret', secret: OWN_SECRET, more: 1 } });
    await ask(server, 'GET', '/v1/devices', undefined, 'a-wrong-token');
    const refused = { clientId: 'd', username: 'd', password: 'a-wrong-secret', reconnectPeriod: 0 };
    await expect(connectAsync(server.addresses.mqtt ?? '', refused)).rejects.toThrow();
    await server.stop();
    for (const word of [secret, OWN_SECRET, server.token, 'a-wrong-token', 'a-wrong-secret']) {
      expect(logged.join('')).not.toContain(word);
    }
  });
});

it('the log redacts members named like secrets', () => {
  const lines: string[] = [];
  const log = openLog('info', { write: (line) => lines.push(line) });
  log('info', 'told', { secret: 'one', auth: { secret: 'two' }, headers: { authorization: 'three' }, device: 'd' });
  log('debug', 'below the level');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'told',
    device: 'd',
    auth: { secret: '[redacted]' },
  });
  for (const word of ['one', 'two', 'three']) expect(lines[0]).not.toContain(`"${word}"`);
});
