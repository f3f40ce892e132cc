#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// In a checkout, build first; a published package is built already.
const build = fileURLToPath(new URL('../../scripts/ensure-build.js', import.meta.url));
if (existsSync(build)) {
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

await import('../dist/main.js');
