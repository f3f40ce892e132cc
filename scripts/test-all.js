// Runs every check, the cheapest first, and prints how long each took. The first failure ends the run.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SEEDS = '1..100';
const IMAGES = '200';

const STEPS = [
  { name: 'npm test', words: ['npm', 'test'] },
  { name: 'long tests', words: ['npx', 'vitest', 'run', '--project', 'long'] },
  {
    name: 'late store',
    words: ['npx', 'vitest', 'run', '--project', 'unit', 'registry', 'reconciler'],
    environment: { MUSTER_TEST_STORE: 'late' },
  },
  {
    name: 'edge without its direct reader',
    words: ['npx', 'vitest', 'run', '--project', 'unit', 'broker/src/edge'],
    environment: { MUSTER_TEST_READER: 'parser' },
  },
  { name: 'Node versions', words: ['npm', 'run', 'test:nodes'] },
  { name: `simulation, seeds ${SEEDS}`, words: ['npm', 'run', 'sim', '--', '--seeds', SEEDS] },
  { name: `power loss, ${IMAGES} images`, words: ['npm', 'run', 'power-loss', '--', IMAGES] },
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lines = [];

for (const { name, words, environment } of STEPS) {
  console.log(`\n=== ${name}: ${words.join(' ')}`);
  const since = performance.now();
  const [program, ...args] = words;
  const { status } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  lines.push(`${durationText(performance.now() - since)}  ${status === 0 ? 'passed' : 'FAILED'}  ${name}`);
  if (status !== 0) end(status ?? 1);
}
end(0);

function end(status) {
  console.log(`\n${[...lines, `${durationText(performance.now())}  in all`].join('\n')}`);
  process.exit(status);
}

/** Minutes and seconds: ` 2:07`. */
function durationText(ms) {
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}
