import { TwinError } from '@muster/twin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from './run.js';
import { configurationView, createFakeTerminal, deviceView, FAKE_TOKEN, FakeServer } from './testing/index.js';

const UNREACHABLE = 'http://127.0.0.1:9';

let server: FakeServer;
let url: string;

beforeEach(async () => {
  server = new FakeServer();
  url = await server.start();
});

afterEach(() => server.stop());

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function muster(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<Result> {
  const terminal = createFakeTerminal({
    stdin,
    environment: { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN, ...environment },
  });
  const exitCode = await run(words, terminal);
  return { exitCode, ...terminal.output };
}

describe('a usage error ends with 2, on stderr', () => {
  test.each([
    [[]],
    [['frobnicate']],
    [['get']],
    [['get', 'things']],
    [['get', 'device']],
    [['get', 'devices', '--limit', '0']],
    [['get', 'devices', '-o', 'xml']],
    [['get', 'devices', '--no-such-option']],
    [['get', 'devices', '--explain']],
    [['apply']],
    [['apply', '-f', '/no/such/file.yaml']],
    [['diff', '-f', '/no/such/file.yaml']],
    [['register', 'd1', '--tags', '[1]']],
    [['register', 'd1', '--tags', '{"a":']],
    [['patch', 'device', 'd1']],
    [['patch', 'device', 'd1', '--enabled', '--disabled']],
    [['delete']],
    [['delete', 'device']],
    [['watch', '--kind', 'dreams']],
    [['simulate', 'many']],
    [['simulate', '5', '--churn', '101']],
    [['status', 'c', '--timeout', '10']],
    [['get', 'devices', '--server', 'localhost:8080']],
    [['get', 'devices', '--token-file', '/no/such/token']],
  ])('muster %j', async (words) => {
    const { exitCode, stdout, stderr } = await muster(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });
});

test.each([[['--help']], [['apply', '--help']], [['simulate', '-h']], [['up', '--help']]])(
  'muster %j shows examples on stdout',
  async (words) => {
    const { exitCode, stdout, stderr } = await muster(words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('Examples:\n  muster');
  },
);

test.each([
  [new TwinError('not-found', 'x'), 3],
  [new TwinError('unauthorized', 'x'), 4],
  [new TwinError('forbidden', 'x'), 4],
  [new TwinError('conflict', 'x'), 5],
  [new TwinError('precondition-failed', 'x'), 5],
  [new TwinError('too-large', 'x'), 1],
])('the code %s of a refusal determines the exit code', async (refusal, expected) => {
  server.refusals.set('GET /v1/devices/d1', refusal);
  const { exitCode, stdout, stderr } = await muster(['get', 'device', 'd1']);
  expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
  expect(stderr).toContain(`(${refusal.code})`);
});

test('without a token nothing is sent, and the error says where tokens come from', async () => {
  const { exitCode, stderr } = await muster(['get', 'devices'], { MUSTER_TOKEN: '' });
  expect(exitCode).toBe(4);
  expect(stderr).toContain('MUSTER_DATA_DIR');
  expect(server.requests).toEqual([]);
});

test('an unreachable server is an error that says what to do', async () => {
  const { exitCode, stderr } = await muster(['register', 'd1', '--replace', '--server', UNREACHABLE]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('cannot reach the server');
  expect(stderr).toContain('muster up');
});

test('--timeout ends with 124, Ctrl-C with 130', async () => {
  expect((await muster(['watch', '--timeout', '100ms'])).exitCode).toBe(124);
  const terminal = createFakeTerminal({ environment: { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN } });
  terminal.interrupt();
  expect(await run(['get', 'devices'], terminal)).toBe(130);
});

describe('get', () => {
  beforeEach(() => {
    for (const id of ['d1', 'd2', 'd3']) server.devices.set(id, deviceView(id, { tags: { region: 'eu' } }));
  });

  test('lists all pages in the given format', async () => {
    expect((await muster(['get', 'devices', '-o', 'id'])).stdout).toBe('d1\nd2\nd3\n');
    const { stdout } = await muster(['get', 'devices', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([...server.devices.values()]);
    expect((await muster(['get', 'devices'])).stdout).toMatch(/^ID +CONNECTED.*\nd1 +no +in sync .*region=eu\nd2/);
  });

  test('requests and prints no more than the limit', async () => {
    expect((await muster(['get', 'devices', '-o', 'id', '--limit', '2'])).stdout).toBe('d1\nd2\n');
    expect(server.requests).toEqual(['GET /v1/devices?select=id&limit=2']);
  });

  test('points at the error in a condition', async () => {
    const details = { position: 7, length: 2, hint: 'write one > only' };
    server.refusals.set('GET /v1/devices', new TwinError('bad-condition', '>> is no operator', details));
    const { exitCode, stderr } = await muster(['get', 'devices', '--where', 'device >> 3']);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      'muster: >> is no operator (bad-condition)',
      '  device >> 3',
      '         ^^',
      '  hint: write one > only',
    ]);
  });

  test('configurations show whether they are indexed, and the full reason if not', async () => {
    const because = { indexable: false, notIndexableBecause: 'it asks for nothing' };
    const one = configurationView('a', { targetCondition: 'p', desiredProperties: {} });
    server.configurations.set('a', one);
    server.configurations.set('b', { ...one, id: 'b', ...because });
    const { stdout, stderr } = await muster(['get', 'configurations']);
    expect(stdout).toMatch(/^ID .* INDEXED .*\na .* yes .*\nb .* no .*\n$/);
    expect(stderr).toBe('not indexed: b\n  it asks for nothing\n');
    for (const options of [['-o', 'id'], ['-o', 'json'], ['-q'], ['--limit', '1']]) {
      expect((await muster(['get', 'configurations', ...options])).stderr).toBe('');
    }
    expect(JSON.parse((await muster(['get', 'configuration', 'b', '-o', 'json'])).stdout)).toMatchObject(because);
    const yaml = (await muster(['get', 'configuration', 'b'])).stdout;
    expect(yaml).toContain('indexable: false\nnotIndexableBecause: it asks for nothing\n');
    expect((await muster(['apply', '-f', '-'], {}, yaml)).stdout).toBe('configuration b unchanged\n');
  });

  test('--explain prints the plan of a query instead of its devices', async () => {
    const root = { condition: "device.id = 'a'", way: 'lookup', uses: 'ids', estimate: 1, isExact: true };
    const plan = { estimate: 1, isExact: true, root };
    server.answers.set('GET /v1/devices', { items: [{ id: 'a' }], plan });
    const words = ['get', 'devices', '--where', "device.id = 'a'", '--explain'];
    expect((await muster(words)).stdout).toBe("lookup: device.id = 'a' (ids; at most 1 device; exact)\n");
    expect(JSON.parse((await muster([...words, '-o', 'json'])).stdout)).toEqual(plan);
  });

  test('apply accepts a configuration printed as YAML', async () => {
    server.configurations.set('c', configurationView('c', { targetCondition: '*', desiredProperties: { a: 1 } }));
    const { stdout } = await muster(['get', 'configuration', 'c']);
    const applied = await muster(['apply', '-f', '-'], {}, stdout);
    expect(applied).toEqual({ exitCode: 0, stdout: 'configuration c unchanged\n', stderr: '' });
  });
});

describe('register', () => {
  test('prints only the secret, once', async () => {
    const words = ['register', 'd1', '--tags', '{"region":"eu"}', '--name', 'One'];
    const { exitCode, stdout, stderr } = await muster(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'made-by-the-server\n' });
    expect(stderr).toContain('d1 registered');
    expect(server.devices.get('d1')).toMatchObject({ name: 'One', tags: { region: 'eu' } });
  });

  test('replaces a device only with --replace', async () => {
    server.devices.set('d1', deviceView('d1', { tags: { kept: true } }));
    expect((await muster(['register', 'd1'])).exitCode).toBe(5);
    expect(server.devices.get('d1')).toMatchObject({ tags: { kept: true } });
    expect(await muster(['register', 'd1', '--replace', '-q'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(server.devices.get('d1')).toMatchObject({ tags: {} });
  });

  test('reads the secret of a device from stdin', async () => {
    const { exitCode, stdout } = await muster(['register', 'd1', '--secret-file', '-'], {}, 'known-to-the-device\n');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  });
});

test('import prints a result for each line in order, and ends with 1 if one failed', async () => {
  const { exitCode, stdout, stderr } = await muster(
    ['import', '-'],
    {},
    '{"id":"a"}\n\n{oops\n{"id":"b c"}\n{"id":"d"}',
  );
  expect(exitCode).toBe(1);
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(results.map(({ id, status }) => [id, status])).toEqual([
    ['a', 201],
    [undefined, 400],
    ['b c', 400],
    ['d', 201],
  ]);
  expect(stderr).toContain('line 3,');
  expect(stderr).toContain('4 devices: 2 registered, 0 replaced, 2 failed');
});

test('patch merges options over a file', async () => {
  server.devices.set('d1', deviceView('d1', { name: 'old', tags: { a: 1, b: 2 } }));
  const words = ['patch', 'device', 'd1', '-f', '-', '--tags', '{"a":null}'];
  const { exitCode, stdout } = await muster(words, {}, 'name: new\ntags: {b: 3}\n');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'device d1 patched\n' });
  expect(server.devices.get('d1')).toMatchObject({ name: 'new', tags: { b: 2 } });
});

test('delete continues after a failure and ends with its exit code', async () => {
  server.devices.set('d2', deviceView('d2'));
  const { exitCode, stdout, stderr } = await muster(['delete', 'device', 'd1', 'd2']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'device d2 deleted\n' });
  expect(stderr).toContain('device d1: there is no d1 (not-found)');
});

test('explain shows winners, beaten layers and reasons', async () => {
  const layer = { layer: 'configuration', id: 'c', generation: 1, priority: 5, enforce: false };
  server.answers.set('GET /v1/devices/d1/explain', {
    id: 'd1',
    desiredVersion: 4,
    paths: { '/speed': { value: 2, winner: { layer: 'device' }, beat: [{ ...layer, value: 1 }] } },
    configurations: [{ id: 'c', generation: 1, applies: true, reason: 'overridden' }],
  });
  const { stdout } = await muster(['explain', 'd1']);
  expect(stdout).toBe(
    [
      'd1, desired version 4',
      '',
      'PATH    VALUE  WINNER              BEAT',
      '/speed  2      device (own layer)  c (priority 5) = 1',
      '',
      'CONFIGURATION  GENERATION  APPLIES  REASON',
      'c              1           yes      overridden',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await muster(['explain', 'd1', '-o', 'json'])).stdout)).toMatchObject({ desiredVersion: 4 });
});

describe('status', () => {
  const counts = { matched: 3, admitted: 3, overridden: 0, winning: 3, applied: 2, failed: 0, pending: 1, offline: 1 };

  test('--wait ends when no connected device is pending', async () => {
    server.answers.set('GET /v1/configurations/c/status', counts);
    const { exitCode, stdout } = await muster(['status', 'c', '--wait', '-o', 'json']);
    expect({ exitCode, status: JSON.parse(stdout) }).toEqual({ exitCode: 0, status: { id: 'c', ...counts } });
  });

  test('--wait fails if a device failed, and ends with 124 after --timeout', async () => {
    server.answers.set('GET /v1/configurations/c/status', { ...counts, applied: 1, failed: 1 });
    expect((await muster(['status', 'c', '--wait'])).exitCode).toBe(1);
    server.answers.set('GET /v1/configurations/c/status', { ...counts, offline: 0 });
    expect((await muster(['status', 'c', '--wait', '--interval', '10ms', '--timeout', '100ms'])).exitCode).toBe(124);
  });
});

describe('watch', () => {
  const event = (id: string, kind: string, data: object) =>
    `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  const at = '2026-01-02T03:04:05.000Z';

  beforeEach(() => {
    server.events = [
      event('1', 'reported', { device: 'd1', version: 1, patch: { a: 1 }, at }),
      event('2', 'presence', { device: 'd2', connected: true, at }),
      event('3', 'acknowledged', { device: 'd1', version: 7, status: 'failed', error: 'no space', at }),
    ].join('');
  });

  test('prints the matching events and the cursor to continue from', async () => {
    const { exitCode, stdout, stderr } = await muster(['watch', '--device', 'd1', '--count', '2']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${at}  d1  reported      v1 {"a":1}\n${at}  d1  acknowledged  v7 failed: no space\n`);
    expect(stderr).toContain('muster watch --after 3');
  });

  test('prints one kind as JSON', async () => {
    const { stdout } = await muster(['watch', '--kind', 'presence', '--count', '1', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual({ id: '2', event: 'presence', data: { device: 'd2', connected: true, at } });
  });

  test('ends with 0 on Ctrl-C', async () => {
    const terminal = createFakeTerminal({ environment: { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN } });
    const ended = run(['watch'], terminal);
    await terminal.shows('no space');
    terminal.interrupt();
    expect(await ended).toBe(0);
  });
});
