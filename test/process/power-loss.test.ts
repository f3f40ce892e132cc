import { expect, test } from 'vitest';
import { run } from './support/program.js';
import { Scope } from './support/scope.js';

const IMAGES = '60';
const SEED = '4711';

const scope = Scope.ofTest();

/** Images in which something is wrong are left in the folder for temporary files. */
function losePower(...breakage: string[]) {
  const words = ['bench/dist/power-loss/main.js', IMAGES, SEED, ...breakage];
  return run(scope, process.execPath, words, { ownGroup: true, environment: { TMPDIR: scope.temporaryFolder() } });
}

test('what was acknowledged survives a loss of power at every sync boundary, whatever is left of the unsynced', async () => {
  const { code, stdout, stderr } = await losePower();
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('every image opened, nothing acknowledged was missing');
});

test.each([
  ['skipped-syncs', /MDB_CORRUPTED|whoever opened it ended/],
  ['lying-disk', /were acknowledged/],
])('%s are found out', async (breakage, finding) => {
  const { code, stdout, stderr } = await losePower(breakage);
  expect(code, `${stdout}${stderr}`).toBe(1);
  expect(stdout).toContain('FAILED');
  expect(stderr).toMatch(finding);
});
