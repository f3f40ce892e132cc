import { expect, test } from 'vitest';
import { run } from './support/program.js';
import { Scope } from './support/scope.js';

const IMAGES = '60';
const SEED = '4711';

const scope = Scope.ofTest();

/** Images with faults stay in the folder for temporary files. */
function losePower(...breakage: string[]) {
  const words = ['bench/dist/power-loss/main.js', IMAGES, SEED, ...breakage];
  return run(scope, process.execPath, words, { ownGroup: true, environment: { TMPDIR: scope.temporaryFolder() } });
}

test('acknowledged writes survive a power loss at every sync boundary, whatever unsynced data survives', async () => {
  const { code, stdout, stderr } = await losePower();
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('every image opened, nothing acknowledged was missing');
});

test.each([
  ['skipped-syncs', /MDB_CORRUPTED|the process that opened it ended/],
  ['lying-disk', /were acknowledged/],
])('%s are found out', async (breakage, finding) => {
  const { code, stdout, stderr } = await losePower(breakage);
  expect(code, `${stdout}${stderr}`).toBe(1);
  expect(stdout).toContain('FAILED');
  expect(stderr).toMatch(finding);
});
