import { beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { type Ending, Program, run } from './support/program.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

const CONNECTION_REFUSED_BAD_CREDENTIALS = 4;
const TIMED_OUT = 27;
const TOPIC_RETAINED_PAYLOAD = '>%t %r %p';

const scope = Scope.ofFile();
let server: Server;

beforeAll(async () => {
  server = await Server.start(scope);
});

interface Login {
  readonly id: string;
  readonly user: string;
  readonly password: string;
}

/** Uses only the Mosquitto programs: no code of ours is on the client side. */
async function curl(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const data = body === undefined ? [] : ['-H', 'content-type: application/json', '--data', JSON.stringify(body)];
  const authorization = `authorization: Bearer ${server.token}`;
  const words = ['-sS', '--fail-with-body', '-X', method, '-H', authorization, ...data, `${server.httpUrl}${path}`];
  const { code, stdout, stderr } = await run(scope, 'curl', words);
  if (code !== 0) throw new Error(`curl ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout || '{}') as Record<string, unknown>;
}

async function device(id: string, name = id): Promise<Login> {
  const { secret } = await curl('PUT', `/v1/devices/${id}`, { name });
  return { id, user: id, password: String(secret) };
}

function service(id: string): Login {
  return { id, user: 'token', password: server.token };
}

function options({ id, user, password }: Login): string[] {
  return ['-h', '127.0.0.1', '-p', String(server.ports.mqtt), '-i', id, '-u', user, '-P', password, '-q', '1'];
}

function publish(login: Login, topic: string, message: object | string, ...more: string[]): Promise<Ending> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return run(scope, 'mosquitto_pub', [...options(login), '-t', topic, '-m', text, ...more]);
}

/** Resolves once subscribed: the debug output of `-d` shows the SUBACK. */
async function subscribe(login: Login, topic: string, ...more: string[]): Promise<Program> {
  const words = [...options(login), '-t', topic, '-d', '-F', TOPIC_RETAINED_PAYLOAD, '-W', '30', ...more];
  const program = new Program(scope, 'stdbuf', ['-oL', 'mosquitto_sub', ...words]);
  await program.printed('SUBACK');
  return program;
}

/** Returns the received messages as `topic retained payload`. */
function received(stdout: string): string[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('>'))
    .map((line) => line.slice(1));
}

function payloads(stdout: string): unknown[] {
  return received(stdout).map((line) => JSON.parse(line.slice(line.indexOf('{'))));
}

test('a configuration goes from mosquitto_pub to mosquitto_sub and back', async () => {
  const pump = await device('model-v3.1-0001');
  const desired = await subscribe(pump, '$twin/desired', '-C', '1');
  const configuration = {
    targetCondition: "STARTS_WITH(device.name, 'model-v3.1')",
    desiredProperties: { speed: 20 },
  };
  expect(await publish(service('deployer'), 'configurations/limit-speed/set', configuration)).toMatchObject({
    code: 0,
  });
  expect(payloads((await desired.ended).stdout)).toEqual([{ version: 1, base: 0, desired: { speed: 20 } }]);

  expect(await curl('GET', '/v1/configurations/limit-speed/status')).toMatchObject({ matched: 1, pending: 1 });
  const report = { reported: { speed: 20 }, applied: 1 };
  expect(await publish(pump, '$twin/reported', report)).toMatchObject({ code: 0 });
  await eventually(async () =>
    expect(await curl('GET', '/v1/configurations/limit-speed/status')).toMatchObject({ applied: 1, pending: 0 }),
  );
  expect(await curl('GET', '/v1/devices/model-v3.1-0001')).toMatchObject({
    desired: { speed: 20 },
    reported: { speed: 20 },
    acknowledged: { version: 1, status: 'applied' },
    configurations: [{ id: 'limit-speed', generation: 1, status: 'applied' }],
  });
});

test('a refused report is acknowledged, reported on rejected, and not stored', async () => {
  const meter = await device('meter-1');
  await (await subscribe(meter, '$twin/rejected', '-c', '-W', '1')).ended;
  const good = await publish(meter, '$twin/reported', { reported: { battery: 80 } }, '-c', '-d');
  expect(good.stdout).toContain('received PUBACK');
  expect(good.stdout).not.toContain("'$twin/rejected'");

  // The program cannot print messages while it publishes; its debug output names the topic.
  const bad = await publish(meter, '$twin/reported', { reported: { battery: 10 }, applied: 99 }, '-c', '-d');
  expect(bad).toMatchObject({ code: 0, stdout: expect.stringContaining('received PUBACK') });
  expect(bad.stdout).toContain("'$twin/rejected'");
  expect(await curl('GET', '/v1/devices/meter-1')).toMatchObject({ reported: { battery: 80 }, reportedVersion: 1 });
});

test('telemetry and commands pass as plain MQTT, and only to their recipients', async () => {
  const [mine, other] = [await device('sensor-1'), await device('sensor-2')];
  const hearing = await subscribe(service('collector'), 'devices/+/telemetry', '-C', '1');
  await publish(mine, 'devices/sensor-2/telemetry', 'not mine to say');
  await publish(mine, 'devices/sensor-1/telemetry', '21.5 C');
  expect(received((await hearing.ended).stdout)).toEqual(['devices/sensor-1/telemetry 0 21.5 C']);

  const obeying = await subscribe(other, 'devices/sensor-2/#', '-C', '1');
  await publish(service('commander'), 'devices/sensor-2/blink', 'twice');
  expect(received((await obeying.ended).stdout)).toEqual(['devices/sensor-2/blink 0 twice']);
  const eavesdropping = await subscribe(other, 'devices/sensor-1/#', '-W', '1');
  await publish(mine, 'devices/sensor-1/telemetry', '22 C');
  expect(received((await eavesdropping.ended).stdout)).toEqual([]);
});

test('a resumed session gets one message with everything it missed', async () => {
  const valve = await device('valve-1');
  const first = await subscribe(valve, '$twin/desired', '-c', '-C', '1');
  await publish(service('operator'), 'twins/valve-1/desired/set', { open: false, rate: 1 });
  expect(payloads((await first.ended).stdout)).toEqual([{ version: 1, base: 0, desired: { open: false, rate: 1 } }]);
  expect(await publish(valve, '$twin/reported', { applied: 1 }, '-c')).toMatchObject({ code: 0 });

  for (const rate of [2, 3, 4]) await publish(service('operator'), 'twins/valve-1/desired/set', { rate });
  await publish(service('operator'), 'twins/valve-1/desired/set', { open: null });
  await eventually(async () => expect(await curl('GET', '/v1/devices/valve-1')).toMatchObject({ desiredVersion: 5 }));

  // The program must subscribe to something; the session is already subscribed to the topic under test.
  const resumed = await subscribe(valve, '$twin/accepted', '-c', '-W', '2');
  const ending = await resumed.ended;
  expect(ending.code).toBe(TIMED_OUT);
  expect(payloads(ending.stdout)).toEqual([{ version: 5, base: 1, desired: { open: null, rate: 4 } }]);
});

test('the status of every configuration is retained for later clients', async () => {
  const early = await subscribe(service('early'), 'configurations/retained-one/status', '-C', '1');
  const configuration = { targetCondition: "device.id = 'none'", desiredProperties: { a: 1 } };
  await publish(service('deployer'), 'configurations/retained-one/set', configuration);
  expect(received((await early.ended).stdout)).toEqual([expect.stringContaining('retained-one/status 0 {')]);
  const counts = await curl('GET', '/v1/configurations/retained-one/status');
  const late = await subscribe(service('latecomer'), 'configurations/+/status', '-W', '2');
  const lines = received((await late.ended).stdout).filter((line) => line.startsWith('configurations/retained-one/'));
  expect(lines).toEqual([expect.stringMatching(/^configurations\/retained-one\/status 1 \{/)]);
  expect(JSON.parse(lines[0]?.split(' 1 ')[1] ?? '')).toEqual(counts);

  await publish(service('deployer'), 'configurations/retained-one/set', '');
  await eventually(() => expect(curl('GET', '/v1/configurations/retained-one')).rejects.toThrow('not-found'));
});

test('a refused configuration is reported to its publisher', async () => {
  const clumsy = service('clumsy');
  await (await subscribe(clumsy, 'configurations/bad/set/rejected', '-c', '-W', '1')).ended;
  const configuration = { targetCondition: 'device.name =', desiredProperties: {} };
  const words = ['-c', '-d', '--repeat', '2', '--repeat-delay', '1'];
  const bad = await publish(clumsy, 'configurations/bad/set', configuration, ...words);
  expect(bad).toMatchObject({ code: 0, stdout: expect.stringContaining("'configurations/bad/set/rejected'") });
  await expect(curl('GET', '/v1/configurations/bad')).rejects.toThrow('not-found');
});

test('a client without valid credentials is refused with CONNACK', async () => {
  const fan = await device('fan-1');
  for (const login of [
    { ...fan, password: 'wrong-wrong-wrong-wrong' },
    { ...service('intruder'), password: 'wrong-wrong-wrong-wrong' },
    { id: 'unknown-1', user: 'unknown-1', password: 'wrong-wrong-wrong-wrong' },
    { ...fan, id: 'fan-2' },
    { ...service('fan-1') },
  ]) {
    const { code, stderr } = await publish(login, '$twin/reported', '{"reported":{}}');
    expect([CONNECTION_REFUSED_BAD_CREDENTIALS, 5], stderr).toContain(code);
    expect(stderr).toContain('Connection Refused');
  }
});
