import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.js';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), 'muster-lock-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const directories: [what: string, name: string][] = [
  ['a directory', 'data'],
  ['a directory with a path far longer than the address of a socket', join('d'.repeat(120), 'e'.repeat(120))],
];

it.each(directories)('%s has one holder at a time', async (_what, name) => {
  const directory = join(base, name);
  await mkdir(directory, { recursive: true });
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(/another server is using .*MUSTER_DATA_DIR/);
  await unlock();
  expect(await readdir(directory)).toEqual([]);
  await (await lockDirectory(directory))();
});

it.each(directories)('%s whose holder was killed can be taken over', async (_what, name) => {
  const directory = join(base, name);
  await mkdir(directory, { recursive: true });
  await killHolder(directory);
  expect(await readdir(directory)).toEqual(['lock.sock']);
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(/another server/);
  await unlock();
  expect(await readdir(directory)).toEqual([]);
});

it('of many who want a leftover one gets it, round after round', async () => {
  for (let round = 0; round < 20; round += 1) {
    await killHolder(base);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(base)));
    const unlocks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(unlocks).toHaveLength(1);
    for (const unlock of unlocks) await unlock();
  }
});

/** A process that listens in the directory, and dies without a chance to clean up. */
async function killHolder(directory: string): Promise<void> {
  const script = join(base, 'holder.mjs');
  const source = "import { createServer } from 'node:net'; process.chdir(process.argv[2]);";
  await writeFile(script, `${source} createServer().listen('lock.sock', () => process.send('held'));`);
  const child = fork(script, [directory]);
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await rm(script);
}
