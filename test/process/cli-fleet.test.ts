import { afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { Inbox } from './support/inbox.js';
import { Muster } from './support/muster.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

const ofFile = Scope.ofFile();
const ofTest = Scope.ofTest();
let server: Server;
let muster: Muster;

beforeAll(async () => {
  server = await Server.start(ofFile);
  muster = new Muster(ofFile, server);
});

afterEach(async () => {
  for await (const { id } of server.client.configurations.list()) await server.client.configurations.remove(id);
});

async function join(id: string): Promise<Inbox> {
  const inbox = await Inbox.device(ofTest, server, id, await server.register(id));
  await inbox.subscribe('$twin/desired');
  return inbox;
}

async function configure(id: string, targetCondition: string): Promise<void> {
  await server.client.configurations.put(id, { targetCondition, desiredProperties: { speed: 20 } });
}

test('status --watch runs until every device applied it, and Ctrl-C ends it with 0', async () => {
  const device = await join('watched-1');
  await configure('watched', "device.id = 'watched-1'");
  const program = muster.start(['status', 'watched', '--watch', '--interval', '100ms']);
  await program.printed('pending 1');
  const { json } = await device.next('$twin/desired');
  await device.publish('$twin/reported', { applied: json.version });
  await program.printed('applied 1  failed 0  pending 0');
  expect(await program.signal('SIGINT')).toMatchObject({ code: 0 });
});

test('status --wait ends with 0 when all applied, 1 when one failed, 124 when it takes too long', async () => {
  const device = await join('waited-1');
  await configure('waited', "device.id = 'waited-1'");
  const words = ['status', 'waited', '--wait', '--interval', '100ms'];
  expect(await muster.run(...words, '--timeout', '1s')).toMatchObject({ code: 124 });
  const { json } = await device.next('$twin/desired');
  await device.publish('$twin/reported', { failed: json.version, error: 'too fast' });
  expect(await muster.run(...words)).toMatchObject({ code: 1 });
  await device.publish('$twin/reported', { applied: json.version });
  expect(await muster.run(...words)).toMatchObject({ code: 0 });
  expect(await muster.read('status', 'waited')).toMatch(/applied +1 /);
  expect(JSON.parse(await muster.read('status', 'waited', '-o', 'json'))).toMatchObject({ id: 'waited', applied: 1 });
  expect(await muster.read('status', 'waited', '-o', 'yaml')).toContain('applied: 1\n');
});

test('watch prints the selected changes as they happen', async () => {
  await server.register('noisy-1');
  const words = ['watch', '--device', 'quiet-1', '--kind', 'device,desired'];
  const json = muster.start([...words, '--count', '2', '-o', 'json']);
  const text = muster.start(words);
  // Nothing signals that a feed is open: make changes until both feeds show one.
  let n = 0;
  await server.register('quiet-1');
  await eventually(async () => {
    n += 1;
    await server.client.devices.patch('noisy-1', { desired: { n } });
    await server.client.devices.patch('quiet-1', { desired: { n } });
    expect(json.stdout.split('\n')).toHaveLength(3);
    expect(text.stdout).toContain('{"n":');
  });
  const { code, stdout, stderr } = await json.ended;
  expect(code).toBe(0);
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line).data.device).toBe('quiet-1');
  expect(stderr).toContain('to continue from here: muster watch --after');
  const ending = await text.signal('SIGINT');
  expect(ending.code).toBe(0);
  expect(ending.stdout).toMatch(/ {2}quiet-1 {2}desired .*from the own layer\n/);
  expect(ending.stdout).not.toContain('noisy-1');
});

test('simulate registers a fleet, keeps it in sync, and removes it again', async () => {
  await configure('fleet', 'device.tags.simulated');
  const words = ['simulate', '30', '--duration', '8s', '--seed', '7', '--churn', '0', '--fail-percent', '0'];
  const program = muster.start([...words, '--apply-delay', '200ms', '--report-every', '1s', '-o', 'json']);
  await eventually(async () =>
    expect(await server.client.configurations.status('fleet')).toMatchObject({ matched: 30, applied: 30 }),
  );
  const { code, stdout, stderr } = await program.ended;
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ devices: 30, connected: 30, inSync: 30 });
  const where = 'device.tags.simulated';
  expect(await muster.read('get', 'devices', '--where', where, '-o', 'id')).toBe('');
});

test('simulate does not touch real devices', async () => {
  await server.register('model-v3.1-0001');
  const real = await muster.run('simulate', '3', '--prefix', 'model-v3.1', '--duration', '1s');
  const known = await muster.read('get', 'devices', '-w', "STARTS_WITH(device.id, 'model-v3.1')", '-o', 'id');
  expect({ code: real.code, stdout: real.stdout, known }).toEqual({ code: 5, stdout: '', known: 'model-v3.1-0001\n' });
});

test.each(['SIGINT', 'SIGTERM'] as const)('up runs the server, and %s ends both with 0', async (name) => {
  const words = ['up', '--http-port', '0', '--mqtt-port', '0', '--data-dir', ofTest.temporaryFolder()];
  const program = muster.start(words, { ownGroup: true });
  await program.printed('muster: ready');
  const url = /HTTP at (\S+)/.exec(program.stdout)?.[1] ?? '';
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await program.signal(name)).toMatchObject({ code: 0 });
  await expect(fetch(`${url}/readyz`)).rejects.toThrow();
});

test('up exits with the code of the server', async () => {
  const ending = await muster.run('up', '--http-port', 'eighty');
  expect(ending).toMatchObject({ code: 2, stderr: expect.stringContaining('--http-port') });
});
