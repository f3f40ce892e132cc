// Builds if a source is newer than the last build; otherwise takes a few milliseconds.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (newestSource() > builtAt()) build();

function build() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function builtAt() {
  return statSync(join(root, '.build-stamp'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource() {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Math.max(0, ...folders.map(({ name }) => newestBelow(join(root, name, 'src'))));
}

function newestBelow(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })) return 0;
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return Math.max(0, ...files.map((name) => statSync(join(folder, name)).mtimeMs));
}
