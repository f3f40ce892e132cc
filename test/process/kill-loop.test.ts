import { expect, test } from 'vitest';
import { run } from './support/program.js';
import { Scope } from './support/scope.js';

const ROUNDS = 5;

const scope = Scope.ofTest();

test('acknowledged writes survive SIGKILL under load, repeatedly', async () => {
  const words = ['bench/dist/kill-loop/main.js', String(ROUNDS)];
  const { code, stdout, stderr } = await run(scope, process.execPath, words, { ownGroup: true });
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('nothing acknowledged was lost, no version went back');
});
