import type { JsonObject } from '@muster/twin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../run.js';
import { configurationView, createFakeTerminal, FAKE_TOKEN, FakeServer, rolloutView } from '../testing/index.js';

const COUNTS = { matched: 9, admitted: 3, overridden: 0, winning: 3, applied: 2, failed: 0, pending: 1, offline: 1 };
const STATUS = { ...COUNTS, rollout: rolloutView({ state: 'rolledBack' }) } as unknown as JsonObject;
const ACT = 'POST /v1/configurations/c/rollout';
const DELETE = 'DELETE /v1/configurations/c';

const WRITES = [
  [['delete', 'configuration', 'c'], DELETE, 'would be deleted', 'Delete it', 'deleted'],
  [['rollout', 'rollback', 'c'], ACT, 'would be rolled back', 'Roll it back', 'rolled back'],
  [['rollout', 'promote', 'c'], ACT, 'would be promoted', 'Promote it', 'promoted'],
] as const;

let server: FakeServer;
let url: string;

beforeEach(async () => {
  server = new FakeServer();
  server.changed = 7;
  server.answers.set(ACT, STATUS);
  server.configurations.set('c', configurationView('c', { targetCondition: '*', desiredProperties: {} }));
  url = await server.start();
});
afterEach(() => server.stop());

/** Without `typed`, stdin is not a terminal. */
async function muster(words: readonly string[], typed?: string) {
  const environment = { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN };
  const keyboard = typed === undefined ? {} : { stdin: typed, isTyped: true };
  const terminal = createFakeTerminal({ environment, ...keyboard });
  const exitCode = await run(words, terminal);
  return { exitCode, ...terminal.output };
}

function writes(): string[] {
  return server.requests.filter((request) => request.startsWith(ACT) || request.startsWith(DELETE));
}

describe.each(WRITES)('%j', (words, request, shown, question, participle) => {
  test('shows the effect on a terminal, and a yes covers that number', async () => {
    const { exitCode, stderr } = await muster(words, 'y\n');
    expect([exitCode, writes()]).toEqual([0, [`${request}?maxChanged=7`]]);
    expect(stderr).toContain(`configuration c ${shown}\n  7 devices matched`);
    expect(stderr).toContain(`${question}, and change 7 devices? [y/N] `);
  });

  test('does nothing without a yes', async () => {
    const { exitCode, stdout, stderr } = await muster(words, '\n');
    expect([exitCode, stdout, writes()]).toEqual([1, '', []]);
    expect(stderr).toContain(`cancelled: not ${participle}`);
  });

  test('does not ask if no device changes', async () => {
    server.changed = 0;
    expect((await muster(words, '')).exitCode).toBe(0);
    expect(writes()).toEqual([`${request}?maxChanged=0`]);
  });

  test('does not ask with --yes, or without a terminal', async () => {
    expect(await muster([...words, '--yes'], '')).toMatchObject({ exitCode: 0, stderr: '' });
    server.configurations.set('c', configurationView('c', { targetCondition: '*', desiredProperties: {} }));
    expect(await muster(words)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(writes()).toEqual([request, request]);
  });

  test('--max-changed refuses a larger change', async () => {
    for (const typed of [undefined, 'y\n']) {
      const { exitCode, stderr } = await muster([...words, '--max-changed', '6'], typed);
      expect(exitCode).toBe(5);
      expect(stderr).toContain('allow it with --max-changed 7');
      expect(stderr).not.toContain('[y/N]');
    }
    expect(server.configurations.size).toBe(1);
  });

  test('if the server requires a bound, the write is refused without one, and --yes accepts its number', async () => {
    server.isBoundRequired = true;
    expect((await muster(words)).exitCode).toBe(5);
    expect((await muster([...words, '-y'])).exitCode).toBe(0);
    expect(writes()).toEqual([request, request, `${request}?maxChanged=7`]);
  });
});

test('delete asks about each configuration, but not about devices', async () => {
  server.configurations.set('d', configurationView('d', { targetCondition: '*', desiredProperties: {} }));
  const { exitCode, stdout } = await muster(['delete', 'configuration', 'c', 'd'], 'n\ny\n');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'configuration d deleted\n' });
  server.devices.set('pump', { id: 'pump' });
  expect(await muster(['delete', 'device', 'pump'], '')).toEqual({
    exitCode: 0,
    stdout: 'device pump deleted\n',
    stderr: '',
  });
});

test('a missing configuration is not found before the question', async () => {
  const { exitCode, stderr } = await muster(['delete', 'configuration', 'x'], 'y\n');
  expect([exitCode, stderr.includes('[y/N]')]).toEqual([3, false]);
});

describe('--dry-run', () => {
  test.each([
    [['rollback'], 'would be rolled back'],
    [['rollback', '--generation', '3'], 'would be rolled back'],
    [['promote'], 'would be promoted'],
  ] as const)('of %j shows what would change, and does nothing', async (words, shown) => {
    const [action, ...others] = words;
    const { exitCode, stdout } = await muster(['rollout', action, 'c', ...others, '--dry-run']);
    expect([exitCode, stdout.split('\n').slice(0, 2), writes()]).toEqual([
      0,
      [`configuration c ${shown}`, '  7 devices matched: 7 would enter, 0 would leave, 7 would change, 0 overridden'],
      [],
    ]);
    const json = await muster(['rollout', action, 'c', ...others, '--dry-run', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'c', changed: 7 });
  });

  test('exists only for actions that change devices at once', async () => {
    expect((await muster(['rollout', 'pause', 'c', '--dry-run'])).exitCode).toBe(2);
  });
});
