// Everything that must pass. Installs by itself what the tests need beside npm packages.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// Clients that are not ours speak to the server.
need(['mosquitto_pub', 'mosquitto_sub'], 'mosquitto-clients');
// What the store writes and syncs is recorded with it.
need(['strace'], 'strace');
// Gives a program a terminal.
need(['script'], 'bsdutils');
run('npx', ['biome', 'check', '.']);
run('npm', ['run', '--silent', 'build']);
run('npx', ['tsc', '-p', 'tsconfig.tests.json']);
run('npx', ['vitest', 'run', '--project', 'unit']);
run('npx', ['vitest', 'run', '--project', 'process']);

/** `debianPackage`: what brings the programs. */
function need(programs, debianPackage) {
  if (programs.every(isInstalled)) return;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    console.error(`The tests need ${programs.join(' and ')} (Debian and Ubuntu: apt-get install ${debianPackage}).`);
    process.exit(1);
  }
  run('apt-get', ['update', '-qq']);
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage]);
}

function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

function run(program, args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
