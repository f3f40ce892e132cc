import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectory } from './data-directory.js';

let base: string;
let directory: DataDirectory | undefined;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-data-'));
});
afterEach(async () => {
  await directory?.close();
  directory = undefined;
  await rm(base, { recursive: true, force: true });
});

async function open(path = base): Promise<DataDirectory> {
  directory = await DataDirectory.open(path);
  return directory;
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('DataDirectory', () => {
  it('is readable by its owner only', async () => {
    const { path } = await open(join(base, 'a', 'b'));
    expect(await modeOf(path)).toBe(0o700);
  });

  it('generates a token once, readable by its owner only, and keeps it', async () => {
    const opened = await open();
    const token = await opened.adminToken();
    expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect((await readFile(join(base, 'admin.token'), 'utf8')).trim()).toBe(token);
    await chmod(join(base, 'admin.token'), 0o644);
    expect(await opened.adminToken()).toBe(token);
    expect(await modeOf(join(base, 'admin.token'))).toBe(0o600);
  });

  it('refuses a token file without a token', async () => {
    await writeFile(join(base, 'admin.token'), '\n');
    await expect((await open()).adminToken()).rejects.toThrow(/admin\.token holds no token/);
  });

  it('announces the addresses until it is closed', async () => {
    const opened = await open();
    await opened.announce({ http: 'http://127.0.0.1:1', mqtt: 'mqtt://127.0.0.1:2' });
    const file = join(base, 'server.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      http: 'http://127.0.0.1:1',
      mqtt: 'mqtt://127.0.0.1:2',
    });
    expect(await modeOf(file)).toBe(0o600);
    await opened.close();
    expect(await readdir(base)).toEqual(['sessions']);
  });
});

describe('the lock of a data directory', () => {
  const inUse = /another server is using .*MUSTER_DATA_DIR/;

  it('is held by one opener at a time within a process', async () => {
    const first = await open();
    await expect(DataDirectory.open(base)).rejects.toThrow(inUse);
    await first.close();
    await open();
  });

  it.each([
    ['a short path', 'data'],
    ['a path of 240 characters', join('d'.repeat(120), 'e'.repeat(120))],
  ])('is held by one process at a time: %s', async (_what, name) => {
    const path = join(base, name);
    const holder = await holdIn(path);
    await expect(DataDirectory.open(path)).rejects.toThrow(inUse);
    holder.disconnect();
    await once(holder, 'exit');
    await open(path);
  });

  it('is free again after its holder was killed, in every round', async () => {
    for (let round = 0; round < 3; round += 1) {
      const holder = await holdIn(base);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await (await open()).close();
    }
  });

  it('goes to one of many openers after its holder was killed', async () => {
    const holder = await holdIn(base);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => open()));
    const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(opened).toHaveLength(1);
    [directory] = opened;
  });

  it('is not held by files of earlier versions or runs', async () => {
    await mkdir(join(base, 'sessions'));
    for (const file of ['lock.sock', 'server.json', 'sessions/LOCK']) await writeFile(join(base, file), '');
    await open();
    expect(await readdir(base)).toContain('sessions');
  });

  it('is not blamed if the database cannot be opened for another reason', async () => {
    await writeFile(join(base, 'sessions'), 'a file');
    await expect(DataDirectory.open(base)).rejects.toThrow(/^cannot open .*sessions: /);
  });
});

/** Starts a process that opens the database of `sessions/` and keeps it open until it is disconnected or killed. */
async function holdIn(path: string): Promise<ChildProcess> {
  await mkdir(path, { recursive: true });
  const script = join(base, 'holder.mjs');
  const level = pathToFileURL(createRequire(import.meta.url).resolve('classic-level'));
  await writeFile(
    script,
    `import level from '${level}';
     await new level.ClassicLevel(process.argv[2]).open();
     process.on('disconnect', () => process.exit()).send('held');`,
  );
  const child = fork(script, [join(path, 'sessions')]);
  await once(child, 'message');
  return child;
}
