// Compiles all packages, and first deletes what earlier builds made of sources that have moved since.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OUTPUT = /(\.d\.ts|\.js)(\.map)?$/;

for (const { name } of readdirSync(root, { withFileTypes: true })) deleteOrphans(join(root, name));
compile('tsconfig.json');
// Test programs need packages that are installed for development only.
if (existsSync(join(root, 'node_modules/vitest'))) compile('tsconfig.testing.json');
writeFileSync(join(root, '.build-stamp'), '');

function deleteOrphans(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist) || !existsSync(join(folder, 'src'))) return;
  for (const file of readdirSync(dist, { recursive: true })) {
    if (OUTPUT.test(file) && !hasSource(folder, file)) rmSync(join(dist, file));
  }
}

function hasSource(folder, file) {
  return !file.endsWith('.map') && existsSync(join(folder, 'src', file.replace(OUTPUT, '.ts')));
}

function compile(project) {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
