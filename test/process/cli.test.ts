import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MUSTER_PROGRAM, Muster } from './support/muster.js';
import { Program } from './support/program.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

/** Gives a program a terminal; part of util-linux. */
const SCRIPT = 'script';
const SECRET_LINE = /^[\w-]{32}\n$/;

const scope = Scope.ofFile();
let server: Server;
let muster: Muster;

beforeAll(async () => {
  server = await Server.start(scope);
  muster = new Muster(scope, server);
});

/** Runs the command line on a terminal; all its output is on stdout. */
function typing(words: readonly string[], input: string) {
  const command = [process.execPath, MUSTER_PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
  const environment = { MUSTER_DATA_DIR: server.dataDirectory };
  return new Program(scope, SCRIPT, ['-qec', command, '/dev/null'], { input, environment }).ended;
}

/** Two documents of YAML, and a list in JSON. */
function configurationFolder(prefix: string, speed: number): string {
  const folder = join(scope.temporaryFolder(), 'configurations');
  mkdirSync(folder);
  const yaml = ['limit', 'base'].map(
    (name, priority) =>
      `id: ${prefix}-${name}\ntargetCondition: STARTS_WITH(device.name, '${prefix}-')\n` +
      `priority: ${priority}\ndesiredProperties:\n  ${name}: ${speed}\n`,
  );
  writeFileSync(join(folder, 'both.yaml'), yaml.join('---\n'));
  const list = [{ id: `${prefix}-json`, targetCondition: "device.id = 'none'", desiredProperties: { on: true } }];
  writeFileSync(join(folder, 'list.json'), JSON.stringify(list));
  return folder;
}

describe('devices', () => {
  test('register prints the secret alone on stdout, once, and replaces nothing unless told', async () => {
    const first = await muster.run('register', 'pump-1', '--tags', '{"region":"eu"}');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(SECRET_LINE) });
    expect(first.stderr).toContain('device pump-1 registered');
    const second = await muster.run('register', 'pump-1');
    expect(second).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('registered already') });
    expect((await server.client.devices.get('pump-1')).tags).toEqual({ region: 'eu' });
    const replaced = await muster.run('register', 'pump-1', '--replace', '-o', 'json');
    expect(JSON.parse(replaced.stdout)).toMatchObject({ id: 'pump-1', tags: {} });
    expect(replaced.stdout).not.toContain('secret');
  });

  test('import reads stdin, answers line by line, and a bad line harms no other', async () => {
    const input = '{"id":"in-1","tags":{"site":"a"}}\n{"id":"bad id"}\nno json\n{"id":"in-2"}\n';
    const { code, stdout, stderr } = await muster.start(['import', '-'], { input }).ended;
    const results = stdout.trim().split('\n');
    expect(code).toBe(1);
    expect(results.map((line) => JSON.parse(line).status)).toEqual([201, 400, 400, 201]);
    expect(stderr).toContain('2 registered, 0 replaced, 2 failed');
    expect(await muster.read('get', 'devices', '-w', "device.tags.site = 'a'", '-o', 'id')).toBe('in-1\n');
    const file = join(scope.temporaryFolder(), 'devices.ndjson');
    writeFileSync(file, '{"id":"in-1"}\n{"id":"in-3"}\n');
    const filed = await muster.run('import', file);
    expect(filed).toMatchObject({ code: 0, stderr: expect.stringContaining('1 registered, 1 replaced, 0 failed') });
  });

  test('patch, get in every format, explain, delete', async () => {
    await muster.read('register', 'valve-1', '--name', 'Valve', '--desired', '{"open":true,"rate":3}');
    await muster.read('patch', 'device', 'valve-1', '--desired', '{"open":null}', '--tags', '{"hall":1}');
    const json = JSON.parse(await muster.read('get', 'device', 'valve-1', '-o', 'json'));
    expect(json).toMatchObject({ name: 'Valve', tags: { hall: 1 }, desired: { rate: 3 }, desiredVersion: 2 });
    expect(await muster.read('get', 'device', 'valve-1')).toContain('desiredVersion: 2\n');
    expect(await muster.read('get', 'device', 'valve-1', '-o', 'table')).toMatch(/^ID .*\nvalve-1 .*v2 .*hall=1/);
    expect(await muster.read('get', 'device', 'valve-1', '-o', 'id')).toBe('valve-1\n');
    const selected = await muster.read('get', 'devices', '-w', 'device.tags.hall = 1', '-s', 'id,desired.rate');
    expect(selected).toMatch(/^ID +DESIRED\.RATE\nvalve-1 +3\n$/);
    expect(await muster.read('explain', 'valve-1')).toMatch(/\/rate +3 +device \(own layer\)/);
    const explained = JSON.parse(await muster.read('explain', 'valve-1', '-o', 'json'));
    expect(explained.paths['/rate']).toMatchObject({ value: 3, winner: { layer: 'device' }, beat: [] });
    expect(await muster.read('delete', 'device', 'valve-1')).toBe('device valve-1 deleted\n');
    expect(await muster.run('get', 'device', 'valve-1')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('configurations', () => {
  test('apply stores the files of a folder, and says created, unchanged, changed', async () => {
    const [before, after] = [configurationFolder('belt', 1), configurationFolder('belt', 2)];
    const stored = (word: string) => ['belt-limit', 'belt-base'].map((id) => `configuration ${id} ${word}`);
    const created = await muster.read('apply', '-f', before);
    expect(created.trim().split('\n')).toEqual([...stored('created'), 'configuration belt-json created']);
    expect(await muster.read('apply', '-q', '-f', before)).toBe('');
    const changed = await muster.read('apply', '-f', after);
    expect(changed.trim().split('\n')).toEqual([...stored('changed'), 'configuration belt-json unchanged']);
    const json = await muster.read('apply', '-o', 'json', '-f', join(after, 'list.json'));
    expect(JSON.parse(json)).toEqual({ id: 'belt-json', change: 'unchanged' });
    expect(await server.client.configurations.get('belt-limit')).toMatchObject({ generation: 2, priority: 0 });
  });

  test('diff ends with 0 or 1, a dry run shows the preview and stores nothing', async () => {
    const [before, after] = [configurationFolder('fan', 1), configurationFolder('fan', 2)];
    await server.register('fan-1');
    const dry = await muster.read('apply', '--dry-run', '-f', before);
    expect(dry).toContain('configuration fan-limit would be created');
    expect(dry).toContain('1 device matched: 1 would enter, 0 would leave, 1 would change');
    expect(await muster.run('diff', '-f', before)).toMatchObject({ code: 1, stdout: expect.stringContaining('+++') });
    await expect(server.client.configurations.get('fan-limit')).rejects.toMatchObject({ code: 'not-found' });
    await muster.read('apply', '-f', before);
    expect(await muster.run('diff', '-f', before)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const different = await muster.run('diff', '-f', after);
    expect(different.code).toBe(1);
    expect(different.stdout).toMatch(/^- +limit: 1\n\+ +limit: 2$/m);
    const preview = await muster.read('preview', '-o', 'json', '-f', join(after, 'list.json'));
    expect(JSON.parse(preview)).toMatchObject({ id: 'fan-json' });
    const deleted = await muster.read('delete', '-f', join(after, 'both.yaml'));
    expect(deleted).toBe('configuration fan-limit deleted\nconfiguration fan-base deleted\n');
    expect((await muster.run('diff', '-f', '/nowhere.yaml')).code).toBeGreaterThan(1);
  });

  test('the YAML output of get is a file for apply', async () => {
    await muster.read('apply', '-f', configurationFolder('round', 5));
    expect(await muster.read('get', 'configurations', '-o', 'id')).toContain('round-base\nround-json\nround-limit\n');
    expect(await muster.read('get', 'configurations')).toMatch(/^ID /);
    expect(JSON.parse(await muster.read('get', 'configurations', '-o', 'json'))).toBeInstanceOf(Array);
    const yaml = await muster.read('get', 'configuration', 'round-limit');
    const again = await muster.start(['apply', '-f', '-'], { input: yaml }).ended;
    expect(again.stdout).toBe('configuration round-limit unchanged\n');
    const edited = await muster.start(['apply', '-f', '-'], { input: yaml.replace('limit: 5', 'limit: 6') }).ended;
    expect(edited.stdout).toBe('configuration round-limit changed\n');
    expect(await muster.read('delete', 'configuration', 'round-limit')).toBe('configuration round-limit deleted\n');
    expect(await muster.run('status', 'round-limit')).toMatchObject({ code: 3, stdout: '' });
  });

  test('on a terminal apply asks, and stores after consent', async () => {
    await server.register('gate-1');
    const file = join(scope.temporaryFolder(), 'gate.yaml');
    writeFileSync(file, "id: gate\ntargetCondition: device.id = 'gate-1'\ndesiredProperties: {open: true}\n");
    const no = await typing(['apply', '-f', file], 'n\n');
    expect(no.code).toBe(1);
    expect(no.stdout).toContain('Store it, and change 1 device? [y/N]');
    await expect(server.client.configurations.get('gate')).rejects.toMatchObject({ code: 'not-found' });
    const yes = await typing(['apply', '-f', file], 'y\n');
    expect(yes).toMatchObject({ code: 0, stdout: expect.stringContaining('configuration gate created') });
    expect(await muster.run('apply', '-f', file)).toMatchObject({ code: 0, stdout: 'configuration gate unchanged\n' });
    const edited = join(scope.temporaryFolder(), 'edited.yaml');
    writeFileSync(edited, "id: gate\ntargetCondition: device.id = 'gate-1'\ndesiredProperties: {open: false}\n");
    const bounded = await muster.run('apply', '-f', edited, '--max-changed', '0');
    expect(bounded).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('--max-changed 1') });
  });

  test('one bad configuration is reported with its place, and by the exit code', async () => {
    const file = join(scope.temporaryFolder(), 'bad.yaml');
    writeFileSync(file, 'id: bad\ntargetCondition: device.tags.a = = 1\ndesiredProperties: {a: 1}\n');
    const { code, stdout, stderr } = await muster.run('apply', '-f', file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/bad\.yaml.*bad:.*\(bad-condition\)\n/);
    expect(stderr).toMatch(/device\.tags\.a = = 1\n +\^/);
  });
});

describe('exit codes and streams', () => {
  test.each([
    ['usage: no such command', 2, ['frobnicate']],
    ['usage: no such option', 2, ['get', 'devices', '--wherever', 'x']],
    ['usage: a bad argument', 2, ['get', 'devices', '--limit', 'many']],
    ['usage: nothing to patch', 2, ['patch', 'device', 'pump-1']],
    ['failure: a bad condition', 1, ['get', 'devices', '--where', 'device.']],
    ['not found', 3, ['explain', 'nobody']],
    ['timeout', 124, ['watch', '--timeout', '1s']],
  ])('%s ends with %i', async (_, code, words) => {
    const ending = await muster.run(...words);
    expect(ending).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^muster: |\nmuster: /) });
  });

  test.each<[string, number, Record<string, string>]>([
    ['a server that is not there', 1, { MUSTER_URL: 'http://127.0.0.1:9' }],
    ['a wrong token', 4, { MUSTER_TOKEN: 'wrong-wrong-wrong-wrong' }],
    ['no token', 4, { MUSTER_DATA_DIR: '/nowhere' }],
  ])('%s ends with %i', async (_, code, variables) => {
    const environment = { MUSTER_URL: server.httpUrl, ...variables };
    const ending = await muster.start(['get', 'devices'], { environment }).ended;
    expect(ending).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^muster: /) });
  });

  test('help and version go to stdout', async () => {
    const help = await muster.run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['up', 'apply', 'diff', 'get', 'explain', 'status', 'watch', 'register', 'import'])
      expect(help.stdout).toContain(`  ${command}`);
    expect(await muster.read('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('server and token are set by option or by variable', async () => {
    const file = join(scope.temporaryFolder(), 'token');
    writeFileSync(file, readFileSync(join(server.dataDirectory, 'admin.token')));
    const environment = { MUSTER_DATA_DIR: '/nowhere' };
    const words = ['get', 'devices', '-o', 'id', '--server', server.httpUrl, '--token-file', file];
    expect((await muster.start(words, { environment }).ended).code).toBe(0);
    const variables = { ...environment, MUSTER_URL: server.httpUrl, MUSTER_TOKEN: server.token };
    expect((await muster.start(['get', 'devices', '-o', 'id'], { environment: variables }).ended).code).toBe(0);
  });
});
