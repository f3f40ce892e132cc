import { join } from 'node:path';
import type { FeedEvent } from '@muster/api';
import type { ServiceEvent } from '@muster/client';
import { Device, type DeviceOptions } from '@muster/device-sdk';
import { expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { Program } from './support/program.js';
import { pushedCount } from './support/pushed-count.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

const scope = Scope.ofTest();

async function connect(server: Server, id: string, more: Partial<DeviceOptions> = {}): Promise<Device> {
  const secret = await server.register(id);
  const device = await Device.connect({ url: server.mqttUrl, id, secret, ...more });
  scope.add(() => device.close());
  return device;
}

test('a handler that resolves reports applied, one that rejects reports failed with its reason', async () => {
  const server = await Server.start(scope);
  const device = await connect(server, 'pump-1');
  const handled: object[] = [];
  device.onDesired((patch, document) => {
    handled.push({ patch, document });
    if (document.speed === 99) throw new Error('the motor cannot do 99');
  });
  const condition = "device.id = 'pump-1'";
  const { configurations, devices } = server.client;
  await configurations.put('speed', { targetCondition: condition, desiredProperties: { speed: 20, mode: 'eco' } });
  await eventually(async () => expect(await configurations.status('speed')).toMatchObject({ applied: 1 }));
  await configurations.put('speed', { targetCondition: condition, desiredProperties: { speed: 99 } });
  await eventually(async () => expect(await configurations.status('speed')).toMatchObject({ failed: 1 }));
  const refusal = { status: 'failed', error: 'the motor cannot do 99' };
  expect((await devices.get('pump-1')).acknowledged).toMatchObject(refusal);
  await configurations.remove('speed');
  await eventually(() => expect(device.desired).toEqual({}));
  expect(handled).toEqual([
    { patch: { speed: 20, mode: 'eco' }, document: { speed: 20, mode: 'eco' } },
    { patch: { speed: 99, mode: null }, document: { speed: 99 } },
    { patch: { speed: null }, document: {} },
  ]);
});

test('reports made offline are sent as one, once the server is back', async () => {
  const server = await Server.start(scope);
  const device = await connect(server, 'meter-1');
  expect(await device.report({ battery: 100, old: true })).toBe(1);
  const offline = new Promise((resolve) => device.events.on('disconnected', resolve));
  await server.end('SIGKILL');
  await offline;
  const reports = [99, 98, 97].map((battery) => device.report({ battery }));
  reports.push(device.report({ old: null }));
  const { client } = await server.again(scope);
  expect(await Promise.all(reports)).toEqual([2, 2, 2, 2]);
  expect(await client.devices.get('meter-1')).toMatchObject({ reported: { battery: 97 }, reportedVersion: 2 });
});

test('a device with an invalid report gets the reason, and continues', async () => {
  const server = await Server.start(scope);
  const device = await connect(server, 'talker-1');
  await expect(device.report({ text: 'x'.repeat(5_000) })).rejects.toMatchObject({ code: 'too-large' });
  const wide = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`a${n}`, 0]));
  await device.report(wide);
  const other = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`b${n}`, 0]));
  await expect(device.report(other)).rejects.toMatchObject({ code: 'too-many-keys' });
  expect(await device.report({ a0: 1 })).toBe(2);
  await expect(Device.connect({ url: server.mqttUrl, id: 'talker-1', secret: 'wrong' })).rejects.toMatchObject({
    code: 'unauthorized',
  });
});

/** A device as a process of its own that prints each patch it gets. */
function startDevice(server: Server, id: string, secret: string, file: string): Program {
  const code = `
    import { Device, FileStorage } from '@muster/device-sdk';
    const [url, id, secret, file] = process.argv.slice(1);
    const device = await Device.connect({ url, id, secret, storage: new FileStorage(file) });
    device.onDesired((patch) => console.log('handed ' + JSON.stringify(patch)));
    await device.report({ started: true });
    console.log('connected');`;
  const words = ['--input-type=module', '--eval', code, server.mqttUrl, id, secret, file];
  return new Program(scope, process.execPath, words);
}

function handed({ stdout }: Program): string[] {
  return stdout.split('\n').filter((line) => line.startsWith('handed'));
}

test('a device that restarts with its storage gets one patch for all it missed, or none if it missed nothing', async () => {
  const server = await Server.start(scope);
  const { devices } = server.client;
  const secret = await server.register('valve-1');
  const file = join(scope.temporaryFolder(), 'twin.json');
  const applied = (version: number) =>
    eventually(async () => expect((await devices.get('valve-1')).acknowledged).toMatchObject({ version }));
  await devices.patch('valve-1', { desired: { rate: 1, open: true } });
  const first = startDevice(server, 'valve-1', secret, file);
  await applied(1);
  await first.printed('connected');
  await first.signal('SIGKILL');
  expect(handed(first)).toEqual(['handed {"rate":1,"open":true}']);

  for (const rate of [2, 3, 4]) await devices.patch('valve-1', { desired: { rate } });
  await devices.patch('valve-1', { desired: { open: null } });
  const second = startDevice(server, 'valve-1', secret, file);
  await applied(5);
  await second.printed('connected');
  await second.signal('SIGKILL');
  expect(handed(second)).toHaveLength(1);
  expect(JSON.parse(handed(second)[0]?.slice('handed '.length) ?? '')).toEqual({ rate: 4, open: null });

  // An up-to-date device gets only the answer that it is up to date.
  const before = await pushedCount(server);
  const third = startDevice(server, 'valve-1', secret, file);
  await third.printed('connected');
  await third.signal('SIGTERM');
  expect(handed(third)).toEqual([]);
  expect(await pushedCount(server)).toBeLessThanOrEqual(before + 1);
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'the change feed continues after %s: no event lost, no event twice',
  async (name) => {
    const server = await Server.start(scope);
    await server.register('first');
    const events: FeedEvent[] = [];
    const ended = new AbortController();
    const reading = (async () => {
      for await (const event of server.client.changes({ after: '0', signal: ended.signal })) events.push(event);
    })();
    scope.add(() => ended.abort());
    const versions = (): number[] => events.flatMap((one) => (one.event === 'desired' ? [one.data.version] : []));
    const change = async ({ client }: Server, from: number, to: number): Promise<void> => {
      for (let n = from; n <= to; n += 1) await client.devices.patch('first', { desired: { n } });
    };
    await change(server, 1, 20);
    await eventually(() => expect(versions().length).toBeGreaterThan(5));
    await server.end(name);
    const next = await server.again(scope);
    await change(next, 21, 30);
    await eventually(() => expect(versions()).toContain(30));
    ended.abort();
    await reading;
    expect(versions()).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    const ids = events.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].toSorted((left, right) => left - right));
    expect(events.map(({ event }) => event)).not.toContain('gap');
  },
);

test('events arrive over MQTT, and a gap marks a restart', async () => {
  const server = await Server.start(scope);
  const ended = new AbortController();
  const events: ServiceEvent[] = [];
  const reading = (async () => {
    const options = { url: server.mqttUrl, signal: ended.signal };
    for await (const event of server.client.events(options)) events.push(event);
  })();
  scope.add(() => ended.abort());
  const device = await connect(server, 'sensor-1');
  device.onDesired(() => {});
  let n = 0;
  const until = (isThere: () => boolean, client = server.client) =>
    eventually(async () => {
      n += 1;
      await device.report({ n });
      await client.devices.patch('sensor-1', { desired: { n } });
      expect(isThere(), JSON.stringify(events.slice(-5))).toBe(true);
    });
  const has = (kind: ServiceEvent['kind']) => events.some((event) => event.kind === kind);
  await until(() => has('desired') && has('reported') && has('acknowledged'));
  await server.end('SIGTERM');
  const next = await server.again(scope);
  await until(() => has('gap'), next.client);
  const gapAt = events.findIndex(({ kind }) => kind === 'gap');
  await until(() => events.slice(gapAt).some(({ kind }) => kind === 'reported'), next.client);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'presence', device: 'sensor-1' }));
  ended.abort();
  await reading;
});
