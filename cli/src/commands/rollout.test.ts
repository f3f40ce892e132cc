import { type JsonObject, TwinError } from '@muster/twin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../run.js';
import { createFakeTerminal, FAKE_TOKEN, FakeServer, type FakeTerminalOptions, rolloutView } from '../testing/index.js';

const COUNTS = { matched: 9, admitted: 3, overridden: 0, winning: 3, applied: 2, failed: 0, pending: 1, offline: 1 };
const STATUS = 'GET /v1/configurations/c/status';
const ACT = 'POST /v1/configurations/c/rollout';

let server: FakeServer;
let url: string;

beforeEach(async () => {
  server = new FakeServer();
  url = await server.start();
});
afterEach(() => server.stop());

const status = (state: 'running' | 'paused' | 'aborted' | 'rolledBack' | 'complete', more: object = {}): JsonObject =>
  ({ ...COUNTS, ...more, rollout: rolloutView({ state, reason: { code: 'x', text: `it is ${state}` } }) }) as never;

const terminal = (options: FakeTerminalOptions = {}) =>
  createFakeTerminal({ environment: { MUSTER_URL: url, MUSTER_TOKEN: FAKE_TOKEN, NO_COLOR: '1' }, ...options });

async function muster(...words: string[]) {
  const fake = terminal();
  return { exitCode: await run(words, fake), ...fake.output };
}

describe('rollout', () => {
  test.each(['pause', 'resume', 'abort', 'rollback', 'promote'])('%s prints the state after it', async (action) => {
    server.answers.set(ACT, status('paused'));
    const { exitCode, stdout } = await muster('rollout', action, 'c');
    expect({ exitCode, lines: stdout.split('\n').slice(0, 2) }).toEqual({
      exitCode: 0,
      lines: ['configuration c', 'rollout paused: it is paused'],
    });
    expect(JSON.parse((await muster('rollout', action, 'c', '-o', 'json')).stdout)).toMatchObject({
      id: 'c',
      ...status('paused'),
    });
    expect((await muster('rollout', action, 'c', '-o', 'yaml')).stdout).toMatch(/^id: c\n[\s\S]*\n {2}state: paused\n/);
  });

  test.each([
    [new TwinError('conflict', 'it is paused already'), 5],
    [new TwinError('not-found', 'there is no c'), 3],
    [new TwinError('forbidden', 'not you'), 4],
  ])('refused with %s', async (refusal, expected) => {
    server.refusals.set(ACT, refusal);
    const { exitCode, stdout, stderr } = await muster('rollout', 'pause', 'c');
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
    expect(stderr).toContain(refusal.message);
  });

  test.each([
    [['rollout']],
    [['rollout', 'stop', 'c']],
    [['rollout', 'pause']],
    [['rollout', 'pause', 'c', '--generation', '1']],
    [['rollout', 'rollback', 'c', '--generation', '0']],
  ])('muster %j is a usage error', async (words) => {
    expect(await muster(...words)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(server.requests).toEqual([]);
  });

  test('has help with examples', async () => {
    const { exitCode, stdout } = await muster('rollout', 'rollback', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/--generation <number>[\s\S]*Examples:\n {2}muster rollout rollback limit-speed/);
  });
});

describe('status', () => {
  test('shows counts, then the rollout, and ends with 0 in any state', async () => {
    server.answers.set(STATUS, status('aborted'));
    const { exitCode, stdout } = await muster('status', 'c');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^configuration c\n[\s\S]*\nmatched +9 [\s\S]*\n\nrollout aborted: it is aborted\n[\s\S]*\n {2}PHASE /,
    );
    expect(JSON.parse((await muster('status', 'c', '-o', 'json')).stdout)).toEqual({ id: 'c', ...status('aborted') });
  });

  test.each([
    ['complete', 0],
    ['aborted', 6],
    ['rolledBack', 6],
  ] as const)('--watch goes on until it is %s, and ends with %i then', async (state, expected) => {
    server.answers.set(STATUS, status('running'));
    const fake = terminal();
    const ended = run(['status', 'c', '--watch', '--interval', '10ms'], fake);
    await fake.shows('running  phase 2 of 3  admitted 125 of 150');
    server.answers.set(STATUS, status('paused'));
    await fake.shows('paused  phase 2 of 3');
    server.answers.set(STATUS, status(state));
    expect(await ended).toBe(expected);
    const lines = fake.output.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[1])).toEqual(['running', 'paused', state]);
    expect(lines.at(-1)).toMatch(new RegExp(`it is ${state}$`));
  });

  test('--watch redraws it in place on a terminal, and prints JSON line by line', async () => {
    server.answers.set(STATUS, status('running'));
    const fake = terminal({ isTerminal: true });
    const ended = run(['status', 'c', '--watch', '--interval', '10ms'], fake);
    await fake.shows('\u001b[J');
    server.answers.set(STATUS, status('complete'));
    expect(await ended).toBe(0);
    expect(fake.output.stdout.split('\u001b[J').at(-1)).toMatch(
      /^configuration c\n[\s\S]*rollout complete: it is complete/,
    );
    const { stdout } = await muster('status', 'c', '--watch', '-o', 'json');
    expect(stdout.split('\n').map((line) => line && JSON.parse(line))).toEqual([
      { id: 'c', ...status('complete') },
      '',
    ]);
  });

  test('--watch continues without a rollout, and ends with 0 on Ctrl-C in both cases', async () => {
    for (const current of [COUNTS, status('running')]) {
      server.answers.set(STATUS, current);
      const fake = terminal();
      const ended = run(['status', 'c', '--watch', '--interval', '10ms'], fake);
      await fake.shows('pending ');
      fake.interrupt();
      expect(await ended).toBe(0);
    }
  });

  test.each([
    ['over, and no connected device is pending', status('complete'), 0],
    ['over, and it failed on a device', status('complete', { failed: 1 }), 1],
    ['over, and a connected device is pending', status('complete', { offline: 0 }), 124],
    ['running, and no connected device is pending', status('running'), 124],
    ['aborted', status('aborted', { offline: 0 }), 6],
  ])('--wait of a rollout that is %s', async (_, current, expected) => {
    server.answers.set(STATUS, current);
    const words = ['status', 'c', '--wait', '--interval', '10ms', '--timeout', '200ms'];
    expect((await muster(...words)).exitCode).toBe(expected);
  });
});
