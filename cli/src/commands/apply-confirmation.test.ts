import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../run.js';
import { createFakeTerminal, FAKE_TOKEN, FakeServer } from '../testing/index.js';

const LIMIT = { id: 'limit', targetCondition: '*', desiredProperties: { speed: 20 } };
const QUESTION = 'Store it, and change 7 devices? [y/N] ';
const BOUND = 'PUT /v1/configurations/limit?maxChanged=7';

let server: FakeServer;
let url: string;
let folder: string;

beforeEach(async () => {
  server = new FakeServer();
  server.changed = 7;
  url = await server.start();
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  await writeFile(join(folder, 'a.json'), JSON.stringify(LIMIT));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Without `typed`, stdin is not a terminal. */
async function apply(words: readonly string[], typed?: string) {
  const environment = { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN };
  const keyboard = typed === undefined ? {} : { stdin: typed, isTyped: true };
  const terminal = createFakeTerminal({ environment, workingDirectory: folder, ...keyboard });
  const exitCode = await run(['apply', '-f', 'a.json', ...words], terminal);
  return { exitCode, ...terminal.output };
}

function writes(): string[] {
  return server.requests.filter((request) => request.startsWith('PUT'));
}

describe('on a terminal', () => {
  test.each(['y\n', 'Y\n', 'yes\n', ' yes \n', 'y'])('%j stores, for at most the devices shown', async (typed) => {
    const { exitCode, stdout, stderr } = await apply([], typed);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'configuration limit created\n' });
    expect(stderr).toContain('7 devices matched: 7 would enter, 0 would leave, 7 would change');
    expect(stderr).toMatch(/\/speed +1 +20 +7 devices\n/);
    expect(stderr).toContain(QUESTION);
    expect(writes()).toEqual([BOUND]);
  });

  test.each(['n\n', '\n', '', 'yep\n', 'no\ny\n'])('%j stores nothing', async (typed) => {
    const { exitCode, stdout, stderr } = await apply([], typed);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('muster: a.json: limit: cancelled: not stored');
    expect(writes()).toEqual([]);
  });

  test('asks about each configuration in turn', async () => {
    const list = ['a', 'b', 'c'].map((id) => ({ ...LIMIT, id }));
    await writeFile(join(folder, 'a.json'), JSON.stringify(list));
    const { exitCode, stdout, stderr } = await apply([], 'y\nn\ny\n');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: 'configuration a created\nconfiguration c created\n',
    });
    expect(stderr.split(QUESTION)).toHaveLength(4);
  });

  test('does not ask if no device changes, and does not preview an unchanged configuration', async () => {
    server.changed = 0;
    const first = await apply([], '');
    expect(first).toEqual({ exitCode: 0, stdout: 'configuration limit created\n', stderr: '' });
    expect(writes()).toEqual(['PUT /v1/configurations/limit?maxChanged=0']);
    server.changed = 7;
    expect((await apply([], '')).stdout).toBe('configuration limit unchanged\n');
    expect(server.requests.filter((request) => request.includes(':preview'))).toHaveLength(1);
  });

  test('a change of more devices than --max-changed is refused without a question', async () => {
    const { exitCode, stderr } = await apply(['--max-changed', '6'], 'y\n');
    expect(exitCode).toBe(5);
    expect(stderr).not.toContain('[y/N]');
    expect(stderr).toContain('allow it with --max-changed 7');
    expect(server.configurations.size).toBe(0);
  });

  test('--yes does not ask', async () => {
    expect(await apply(['--yes'], '')).toEqual({ exitCode: 0, stdout: 'configuration limit created\n', stderr: '' });
    expect(writes()).toEqual(['PUT /v1/configurations/limit']);
  });

  test('does not ask if stdin has the files', async () => {
    const environment = { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN };
    const terminal = createFakeTerminal({ environment, stdin: JSON.stringify(LIMIT), isTyped: true });
    expect(await run(['apply', '-f', '-'], terminal)).toBe(0);
    expect(terminal.output).toEqual({ stdout: 'configuration limit created\n', stderr: '' });
  });
});

describe('without a terminal', () => {
  test('stores without asking', async () => {
    expect(await apply([])).toEqual({ exitCode: 0, stdout: 'configuration limit created\n', stderr: '' });
    expect(writes()).toEqual(['PUT /v1/configurations/limit']);
  });

  test('passes on --max-changed', async () => {
    expect((await apply(['--max-changed', '7'])).exitCode).toBe(0);
    expect(writes()).toEqual([BOUND]);
  });

  test.each(['-1', '1.5', 'x', ''])('--max-changed %j is refused', async (bound) => {
    expect((await apply(['--max-changed', bound])).exitCode).toBe(2);
    expect(server.requests).toEqual([]);
  });
});

describe('if the server requires a bound', () => {
  beforeEach(() => {
    server.isBoundRequired = true;
  });

  test('stores nothing without a bound, and says what to do', async () => {
    const { exitCode, stdout, stderr } = await apply([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain('allow it with --max-changed 7');
    expect(server.configurations.size).toBe(0);
  });

  test('a yes covers the number shown', async () => {
    expect((await apply([], 'y\n')).exitCode).toBe(0);
    expect(writes()).toEqual([BOUND]);
  });

  test('--yes accepts the number of the server, up to --max-changed', async () => {
    expect((await apply(['--yes', '--max-changed', '6'])).exitCode).toBe(5);
    expect(server.configurations.size).toBe(0);
    expect((await apply(['--yes'])).exitCode).toBe(0);
    expect(writes().slice(1)).toEqual(['PUT /v1/configurations/limit', BOUND]);
  });
});
