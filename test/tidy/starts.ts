import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './sources.js';

/** Files that start the server as a process of its own. */
const STARTERS = ['cli/src/commands/up.ts', 'bench/src/load/muster-process.ts', 'server/bin/muster-server'];

test('every file that starts the server gives it the heap options of npm start', () => {
  const { start } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const options = start.match(/--\S+/g);
  expect(options).toHaveLength(2);
  for (const file of STARTERS) {
    const [list] = readFileSync(join(root, file), 'utf8').match(/(HEAP_OPTIONS = \[.*\];)|(exec node .*)/) ?? [];
    expect(list?.match(/--[a-z-]+(=\d+)?/g), file).toEqual(options);
  }
});
