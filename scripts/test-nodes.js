// Runs the smoke on the oldest Node that is supported and on the current long-term releases.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['20.19.5', '22.23.5', '24.22.3'];
const PLATFORM = 'linux-x64';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'muster-nodes');

if (`${process.platform}-${process.arch}` !== PLATFORM) {
  console.error(`npm run test:nodes needs ${PLATFORM}: Node itself comes from packages for it.`);
  process.exit(1);
}
run(process.execPath, [join(root, 'scripts/ensure-build.js')], process.env);
for (const version of VERSIONS) {
  const folder = installNode(version);
  run('node', [join(root, 'scripts/smoke.js')], { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` });
}

/** Returns the folder of the program. */
function installNode(version) {
  const prefix = join(cache, version);
  const folder = join(prefix, `node_modules/node-${PLATFORM}/bin`);
  const options = ['--prefix', prefix, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
  if (!existsSync(join(folder, 'node')))
    run('npm', ['install', ...options, `node-${PLATFORM}@${version}`], process.env);
  return folder;
}

function run(program, args, env) {
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
