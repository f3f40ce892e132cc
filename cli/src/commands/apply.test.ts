import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, TwinError } from '@muster/twin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../run.js';
import { configurationView, createFakeTerminal, FAKE_TOKEN, FakeServer } from '../testing/index.js';

const LIMIT = { targetCondition: "device.name = 'a'", desiredProperties: { speed: 20, net: { b: 1, a: [1, null] } } };
const BASE = { targetCondition: '*', desiredProperties: {}, priority: -1 };

let server: FakeServer;
let url: string;
let folder: string;

beforeEach(async () => {
  server = new FakeServer();
  url = await server.start();
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function muster(...words: string[]) {
  const environment = { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN };
  const terminal = createFakeTerminal({ environment, workingDirectory: folder });
  const exitCode = await run(words, terminal);
  return { exitCode, ...terminal.output };
}

function writes(): string[] {
  return server.requests.filter((request) => /^(PUT|DELETE)/.test(request));
}

describe('apply', () => {
  test('prints the change, and changes nothing the second time', async () => {
    await writeFile(
      join(folder, 'a.json'),
      JSON.stringify([
        { id: 'limit', ...LIMIT },
        { id: 'base', ...BASE },
      ]),
    );
    const first = await muster('apply', '-f', 'a.json');
    expect(first).toEqual({
      exitCode: 0,
      stdout: 'configuration limit created\nconfiguration base created\n',
      stderr: '',
    });
    const second = await muster('apply', '-f', '.');
    expect(second.stdout).toBe('configuration limit unchanged\nconfiguration base unchanged\n');
    expect(writes()).toEqual(['PUT /v1/configurations/limit', 'PUT /v1/configurations/base']);
  });

  test('stores a changed configuration', async () => {
    server.configurations.set('limit', configurationView('limit', LIMIT));
    await writeFile(join(folder, 'limit.yaml'), 'id: limit\ntargetCondition: "*"\ndesiredProperties: {speed: 5}\n');
    expect((await muster('apply', '-f', 'limit.yaml', '-o', 'json')).stdout).toBe(
      '{"id":"limit","change":"changed"}\n',
    );
    expect(server.configurations.get('limit')).toMatchObject({ targetCondition: '*', desiredProperties: { speed: 5 } });
  });

  test('stores nothing if one of the files is invalid', async () => {
    await writeFile(join(folder, 'a.yaml'), 'id: a\ntargetCondition: "*"\ndesiredProperties: {}\n');
    await writeFile(join(folder, 'b.yaml'), 'id: b\ntargetCondition: *\ndesiredProperties: {}\n');
    const { exitCode, stdout, stderr } = await muster('apply', '-f', '.');
    expect({ exitCode, stdout, requests: server.requests }).toEqual({ exitCode: 1, stdout: '', requests: [] });
    expect(stderr).toContain('b.yaml');
    expect(stderr).toContain('line 2');
    expect(stderr).toContain('needs quotes');
  });

  test('continues after a bad condition, and points at the error', async () => {
    const details = { position: 2, length: 3 };
    server.refusals.set('PUT /v1/configurations/limit', new TwinError('bad-condition', 'wrong', details));
    const bad: JsonObject = { id: 'limit', targetCondition: 'a xyz', desiredProperties: {} };
    await writeFile(join(folder, 'a.json'), JSON.stringify([bad, { id: 'base', ...BASE }]));
    const { exitCode, stdout, stderr } = await muster('apply', '-f', 'a.json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'configuration base created\n' });
    expect(stderr).toBe('muster: a.json#1: limit: wrong (bad-condition)\n  a xyz\n    ^^^\n');
  });

  test('--dry-run shows the preview and stores nothing', async () => {
    server.answers.set('POST /v1/configurations:preview', {
      ...{ matched: 3, entering: 3, leaving: 0, changed: 2, atOnce: 2, overridden: 1, problems: 0, indexable: true },
      paths: [{ path: '/speed', devices: 2 }],
      conflicts: [{ path: '/speed', with: 'device', winner: 'device', devices: 1 }],
      changes: [
        { path: '/speed', before: 1, after: 20, devices: 1 },
        { path: '/net', after: ['x'.repeat(50)], devices: 1 },
      ],
      changesLeftOut: 3,
      sample: [{ id: 'd1', before: { speed: 1 }, after: { speed: 20 } }],
    });
    await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT }));
    const { exitCode, stdout } = await muster('apply', '-f', 'a.json', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        'configuration limit would be created',
        '  3 devices matched: 3 would enter, 0 would leave, 2 would change, 1 overridden',
        '  CHANGE AT  FROM  TO                                        ON',
        '  /speed     1     20                                        1 device',
        `  /net       -     ["${'x'.repeat(37)}…  1 device`,
        '  … and 3 more, of one path on one device each',
        '  PATH    WINS ON',
        '  /speed  2 devices',
        '  CONFLICT AT  WITH    WINNER  ON',
        '  /speed       device  device  1 device',
        '  --- d1 now',
        '  +++ d1 then',
        '  @@ -1 +1 @@',
        '  -speed: 1',
        '  +speed: 20',
        '  … and 1 device more',
        '',
      ].join('\n'),
    );
    expect(writes()).toEqual([]);
  });
});

test.each([
  ['apply', '--dry-run', '-f', 'a.json'],
  ['preview', '-f', 'a.json'],
])('%s %s says why a condition is not indexable', async (...words) => {
  const indexing = { indexable: false, notIndexableBecause: 'it asks for nothing' };
  const counts = { matched: 0, entering: 0, leaving: 0, changed: 0, atOnce: 0, overridden: 0, problems: 0 };
  const lists = { paths: [], conflicts: [], changes: [], changesLeftOut: 0, sample: [] };
  const answer = { ...counts, ...lists, ...indexing };
  server.answers.set('POST /v1/configurations:preview', answer);
  await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT }));
  const lines = (await muster(...words)).stdout.split('\n');
  expect(lines.slice(2)).toEqual(['  the condition is not indexable: it asks for nothing', '']);
  expect(JSON.parse((await muster(...words, '-o', 'json')).stdout)).toMatchObject(indexing);
});

test('a preview and a diff of a rollout show its first phase', async () => {
  server.changed = 40;
  const rollout = { phases: [{ percent: 5, wait: '24h' }, { percent: 100 }] };
  await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT, rollout }));
  const line = '  rolled out in 2 phases: the first has 5 %, 2 devices of 40 at once\n';
  expect((await muster('apply', '--dry-run', '-f', 'a.json')).stdout).toContain(`\n${line}`);
  expect((await muster('diff', '-f', 'a.json')).stdout).toContain(`\n#${line}`);
});

describe('diff', () => {
  test('0 without differences, in any order and with defaults omitted', async () => {
    server.configurations.set('limit', configurationView('limit', LIMIT));
    const { desiredProperties, targetCondition } = LIMIT;
    await writeFile(join(folder, 'a.json'), JSON.stringify({ desiredProperties, id: 'limit', targetCondition }));
    expect(await muster('diff', '-f', 'a.json')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('1 with differences, as a unified diff', async () => {
    server.configurations.set('limit', configurationView('limit', { ...LIMIT, priority: 3 }));
    await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT }));
    const { exitCode, stdout } = await muster('diff', '-f', 'a.json');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('--- server/limit\n+++ a.json: limit\n@@ -8,4 +8,4 @@\n');
    expect(stdout).toContain('-priority: 3\n+priority: 0\n');
  });

  test('prints the number of devices after a difference, unless --quiet', async () => {
    server.changed = 2;
    await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT }));
    const { stdout } = await muster('diff', '-f', 'a.json');
    expect(stdout).toContain('\n#  2 devices matched: 2 would enter, 0 would leave, 2 would change, 0 overridden\n');
    expect(stdout).toContain('\n#  /speed     1     20  2 devices\n');
    expect(await muster('diff', '-q', '-f', 'a.json')).toEqual({ exitCode: 1, stdout: '', stderr: '' });
  });

  test('more than 1 for an error', async () => {
    await writeFile(join(folder, 'a.json'), '{"targetCondition":"*"}');
    const { exitCode, stderr } = await muster('diff', '-f', 'a.json');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('needs an "id"');
  });
});

test('delete -f deletes the configurations in the files', async () => {
  server.configurations.set('limit', configurationView('limit', LIMIT));
  await writeFile(join(folder, 'a.json'), JSON.stringify({ id: 'limit', ...LIMIT }));
  expect((await muster('delete', '-f', 'a.json')).stdout).toBe('configuration limit deleted\n');
  expect(server.configurations.size).toBe(0);
});
