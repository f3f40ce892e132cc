// Everything that must pass. Installs by itself what the tests need beside npm packages.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

needMosquittoClients();
run('npx', ['biome', 'check', '.']);
run('npm', ['run', '--silent', 'build']);
run('npx', ['tsc', '-p', 'tsconfig.tests.json']);
run('npx', ['vitest', 'run', '--project', 'unit']);
run('npx', ['vitest', 'run', '--project', 'process']);

/** The tests speak to the server with clients that are not ours. */
function needMosquittoClients() {
  if (isInstalled('mosquitto_pub') && isInstalled('mosquitto_sub')) return;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    console.error(
      'The tests need mosquitto_pub and mosquitto_sub (Debian and Ubuntu: apt-get install mosquitto-clients).',
    );
    process.exit(1);
  }
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'mosquitto-clients']);
}

function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

function run(program, args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
