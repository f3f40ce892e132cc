import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceView } from '@muster/api';
import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { eventsUntilNow, newestCursor } from './support/feed.js';
import { Inbox } from './support/inbox.js';
import { run } from './support/program.js';
import { Scope } from './support/scope.js';
import { SERVER_PROGRAM, Server } from './support/server.js';

const TOKEN = 'a-token-for-tests-only';

const scope = Scope.ofTest();

/** Reports, one at a time, until the server is gone. Returns the number of PUBACKs. */
async function reportUntilGone({ mqtt, closed }: Inbox): Promise<number> {
  const gone = closed.then(() => false);
  for (let acknowledged = 0; ; acknowledged += 1) {
    const message = JSON.stringify({ reported: { n: acknowledged + 1 } });
    const puback = mqtt.publishAsync('$twin/reported', message, { qos: 1 }).then(
      () => true,
      () => false,
    );
    if (!(await Promise.race([puback, gone]))) return acknowledged;
  }
}

async function joinAll(server: Server, count: number): Promise<Inbox[]> {
  const inboxes: Inbox[] = [];
  for (let n = 0; n < count; n += 1) {
    const inbox = await Inbox.device(scope, server, `load-${n}`, await server.register(`load-${n}`));
    await inbox.subscribe('$twin/desired');
    inboxes.push(inbox);
  }
  return inboxes;
}

describe('the end of a server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s under load: exit code 0, nothing acknowledged is lost',
    async (name) => {
      const server = await Server.start(scope);
      const inboxes = await joinAll(server, 10);
      const reporting = inboxes.map(reportUntilGone);
      await eventually(async () => {
        const { reportedVersion } = await server.client.devices.get('load-9');
        expect(reportedVersion).toBeGreaterThan(20);
      });
      expect(await server.end(name)).toMatchObject({ code: 0, signal: null, stderr: '' });
      const acknowledged = await Promise.all(reporting);

      const { client } = await server.again(scope);
      for (const [n, count] of acknowledged.entries()) {
        const { reported, reportedVersion, connected } = await client.devices.get(`load-${n}`);
        expect(count).toBeGreaterThan(0);
        expect(reported.n).toBeGreaterThanOrEqual(count);
        expect(reported.n).toBeLessThanOrEqual(count + 1);
        expect({ reportedVersion, connected }).toEqual({ reportedVersion: reported.n, connected: false });
      }
    },
  );

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('after %s twins, versions and sessions go on', async (name) => {
    const server = await Server.start(scope);
    const persistent = { clean: false };
    const secret = await server.register('pump-1', { region: 'eu' });
    const service = await Inbox.service(scope, server, 'collector', persistent);
    await service.subscribe('devices/+/telemetry');
    await service.end();
    const device = await Inbox.device(scope, server, 'pump-1', secret, persistent);
    await device.subscribe('$twin/desired');
    const configuration = { targetCondition: "device.tags.region = 'eu'", desiredProperties: { speed: 1 } };
    await server.client.configurations.put('speed', configuration);
    await device.next('$twin/desired', ({ json }) => json.version === 1);
    await device.publish('$twin/reported', { reported: { speed: 1 }, applied: 1 });
    for (const n of [1, 2, 3]) await device.publish('devices/pump-1/telemetry', { n });
    const before = await server.client.devices.get('pump-1');
    await server.end(name);

    const next = await server.again(scope);
    expect(lasting(await next.client.devices.get('pump-1'))).toEqual(lasting(before));
    expect(await next.client.configurations.status('speed')).toMatchObject({ applied: 1, pending: 0 });
    const collected = await Inbox.service(scope, next, 'collector', persistent);
    await collected.next('devices/pump-1/telemetry', ({ json }) => json.n === 3);
    expect(collected.messages.map(({ json }) => json)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);

    const back = await Inbox.device(scope, next, 'pump-1', secret, persistent);
    await next.client.configurations.put('speed', { ...configuration, desiredProperties: { speed: 2 } });
    const { json } = await back.next('$twin/desired');
    expect(json).toEqual({ version: 2, base: 1, desired: { speed: 2 } });
    await back.publish('$twin/reported', { reported: { speed: 2 }, applied: 2 });
    expect(await next.client.devices.get('pump-1')).toMatchObject({ desiredVersion: 2, reportedVersion: 2 });
    await back.publish('devices/pump-1/telemetry', { n: 4 });
    await collected.next('devices/pump-1/telemetry', ({ json: { n } }) => n === 4);
  });

  test('every device that was connected at SIGKILL gets one presence event at the next start', async () => {
    const server = await Server.start(scope);
    await joinAll(server, 5);
    await server.register('never-connected');
    await eventually(async () => expect((await server.client.devices.get('load-4')).connected).toBe(true));
    const cursor = await newestCursor(server);
    await server.end('SIGKILL');
    const next = await server.again(scope);
    const events = await eventsUntilNow(next, cursor);
    const presence = events.flatMap((one) => (one.event === 'presence' ? [one.data] : []));
    expect(presence.map(({ device, connected }) => ({ device, connected }))).toEqual(
      ['load-0', 'load-1', 'load-2', 'load-3', 'load-4'].map((device) => ({ device, connected: false })),
    );
  });
});

/** The state that a restart must not change. */
function lasting({ connected, lastSeenAt, ...rest }: DeviceView): object {
  return rest;
}

describe('the start of a server', () => {
  test('a data directory in use is refused, and its server keeps running', async () => {
    const server = await Server.start(scope);
    const environment = { MUSTER_DATA_DIR: server.dataDirectory, MUSTER_MQTT_PORT: '0', MUSTER_HTTP_PORT: '0' };
    const second = await run(scope, process.execPath, [SERVER_PROGRAM], { environment });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('another server is using') });
    expect(second.stderr).toContain(server.dataDirectory);
    expect(await server.register('still-here')).toHaveLength(32);
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  test('a port that is in use is refused with its number', async () => {
    const server = await Server.start(scope);
    const environment = {
      MUSTER_DATA_DIR: scope.temporaryFolder(),
      MUSTER_MQTT_PORT: String(server.ports.mqtt),
      MUSTER_HTTP_PORT: '0',
    };
    const second = await run(scope, process.execPath, [SERVER_PROGRAM], { environment });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(String(server.ports.mqtt)) });
  });

  test.each([
    ['MUSTER_MQTT_PROT', '1883'],
    ['MUSTER_MQTT_PORT', '65536'],
    ['MUSTER_MQTT_PORT', ''],
    ['MUSTER_HTTP_PORT', 'eighty'],
    ['MUSTER_STORE', 'redis://localhost:6379'],
    ['MUSTER_STORE', 'postgres'],
    ['MUSTER_LOG_LEVEL', 'loud'],
    ['MUSTER_MQTTS_PORT', '8883'],
    ['MUSTER_ADMIN_TOKEN', 'has a space'],
  ])('%s=%s ends it with exit code 2 and is named', async (name, value) => {
    const folder = join(scope.temporaryFolder(), 'untouched');
    const environment = { MUSTER_DATA_DIR: folder, [name]: value };
    const ending = await run(scope, process.execPath, [SERVER_PROGRAM], { environment });
    expect(ending).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(name) });
    expect(existsSync(folder)).toBe(false);
  });

  test('the server accepts the variables of the command line', async () => {
    const environment = { MUSTER_URL: 'http://127.0.0.1:1', MUSTER_TOKEN: 'x' };
    expect((await Server.start(scope, { environment })).httpUrl).toMatch(/^http:/);
  });

  test('the generated token is kept, and only its owner can read it', async () => {
    const server = await Server.start(scope);
    expect(statSync(join(server.dataDirectory, 'admin.token')).mode & 0o777).toBe(0o600);
    await server.end('SIGTERM');
    const again = await server.again(scope);
    expect(again.token).toBe(server.token);
    expect(await again.register('known')).toHaveLength(32);
  });

  test('the memory store forgets', async () => {
    const environment = { MUSTER_STORE: 'memory', MUSTER_ADMIN_TOKEN: TOKEN };
    const server = await Server.start(scope, { environment });
    await server.register('short-lived');
    await server.end('SIGTERM');
    const { dataDirectory, ports } = server;
    const again = await Server.start(scope, { environment, dataDirectory, ports });
    await expect(again.client.devices.get('short-lived')).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(join(dataDirectory, 'twins'))).toBe(false);
  });

  test('0 picks a free port, off opens none', async () => {
    const both = await Server.start(scope);
    expect(both.ports.mqtt).toBeGreaterThan(0);
    expect(both.ports.http).toBeGreaterThan(0);
    const withoutMqtt = await Server.start(scope, { environment: { MUSTER_MQTT_PORT: 'off' } });
    expect(withoutMqtt.program.stdout).not.toContain('MQTT at');
    expect(await withoutMqtt.register('over-http')).toHaveLength(32);
    const withoutHttp = await Server.start(scope, { environment: { MUSTER_HTTP_PORT: 'off' } });
    expect(withoutHttp.program.stdout).not.toContain('HTTP at');
    await Inbox.service(scope, withoutHttp, 'over-mqtt');
  });
});
