import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
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

/** Makes two devices and a rollout whose first phase admits one of them. Returns the ids and their secrets. */
async function begin(id: string): Promise<Map<string, string>> {
  const secrets = new Map<string, string>();
  for (const device of [`${id}-1`, `${id}-2`]) secrets.set(device, await server.register(device));
  const file = join(ofTest.temporaryFolder(), 'rollout.yaml');
  const rollout = 'rollout:\n  phases: [{percent: 50, wait: 1h}, {percent: 100}]\n';
  const condition = `targetCondition: STARTS_WITH(device.id, '${id}-')\n`;
  writeFileSync(file, `id: ${id}\n${condition}desiredProperties: {speed: 20}\n${rollout}`);
  const applied = await muster.run('apply', '-f', file);
  expect(applied).toMatchObject({ code: 0, stdout: `configuration ${id} created\n` });
  expect(applied.stderr).toContain(`a rollout begins: muster status ${id} --watch`);
  return secrets;
}

const watch = (id: string) => muster.start(['status', id, '--watch', '--interval', '100ms']);

test('status --watch ends with 0 when the rollout is complete', async () => {
  await begin('done');
  const watching = watch('done');
  await watching.printed('running  phase 1 of 2  admitted 1 of 1');
  expect(await muster.run('rollout', 'pause', 'done')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^configuration done\nrollout paused: /),
  });
  await watching.printed('paused  phase 1 of 2');
  expect(await muster.run('rollout', 'resume', 'done')).toMatchObject({ code: 0 });
  const promoted = await muster.read('rollout', 'promote', 'done', '-o', 'json');
  expect(JSON.parse(promoted)).toMatchObject({ id: 'done', rollout: { state: 'complete' } });
  expect(await watching.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('complete  phase 2 of 2') });
  await eventually(async () =>
    expect(await server.client.configurations.status('done')).toMatchObject({ matched: 2, admitted: 2, winning: 2 }),
  );
});

test.each([
  ['abort', 'aborted'],
  ['rollback', 'rolledBack'],
])('status --watch ends with 6 after %s', async (action, state) => {
  await begin(action);
  const watching = watch(action);
  await watching.printed('running  phase 1 of 2');
  expect(await muster.read('rollout', action, action, '-o', 'yaml')).toContain(`state: ${state}\n`);
  expect(await watching.ended).toMatchObject({ code: 6, stdout: expect.stringContaining(`${state}  phase `) });
  expect(await muster.run('status', action, '--wait')).toMatchObject({ code: 6 });
  expect(await muster.run('status', action)).toMatchObject({ code: 0 });
});

test('status shows the phases, and failed devices with their messages', async () => {
  const secrets = await begin('told');
  const status = watch('told');
  await status.printed('running  phase 1 of 2  admitted 1 of 1');
  for (const [id, secret] of secrets) {
    const { desiredVersion } = await server.client.devices.get(id);
    if (desiredVersion === 0) continue;
    const device = await Inbox.device(ofTest, server, id, secret);
    await device.publish('$twin/reported', { failed: desiredVersion, error: 'no space' });
  }
  await status.printed('failed 1');
  await status.signal('SIGINT');
  const block = await muster.read('status', 'told');
  expect(block).toMatch(/\n {2}PHASE +PERCENT +WAIT .*\n> 1 +50 +1h +1 +1 +0 +1 +0 +0 +x{20}\n {2}2 +100 /);
  expect(block).toMatch(/\nFAILED WITH +DEVICES +SUCH AS\nno space +1 +told-[12]\n/);
});

describe('exit codes of rollout', () => {
  test.each([
    ['no such configuration', 3, ['pause', 'nobody']],
    ['a generation that is not kept', 3, ['rollback', 'steered', '--generation', '99']],
    ['an action that does not fit', 5, ['resume', 'steered']],
    ['a generation where none belongs', 2, ['pause', 'steered', '--generation', '1']],
    ['no such action', 2, ['stop', 'steered']],
    ['no configuration', 2, ['pause']],
  ])('%s: %i', async (_, code, words) => {
    if ((await muster.run('status', 'steered')).code !== 0) await begin('steered');
    expect(await muster.run('rollout', ...words)).toMatchObject({ code, stdout: '' });
  });
});
