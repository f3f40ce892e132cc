import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectory } from './data-directory.js';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-data-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('DataDirectory', () => {
  it('is made for its owner only', async () => {
    const directory = await DataDirectory.open(join(base, 'a', 'b'));
    expect(await modeOf(directory.path)).toBe(0o700);
    await directory.close();
  });

  it('generates a token once, readable by its owner only, and keeps it', async () => {
    const directory = await DataDirectory.open(base);
    const token = await directory.adminToken();
    expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect((await readFile(join(base, 'admin.token'), 'utf8')).trim()).toBe(token);
    await chmod(join(base, 'admin.token'), 0o644);
    expect(await directory.adminToken()).toBe(token);
    expect(await modeOf(join(base, 'admin.token'))).toBe(0o600);
    await directory.close();
  });

  it('refuses a token file that holds no token', async () => {
    await writeFile(join(base, 'admin.token'), '\n');
    const directory = await DataDirectory.open(base);
    await expect(directory.adminToken()).rejects.toThrow(/admin\.token holds no token/);
    await directory.close();
  });

  it('announces the addresses until it is closed', async () => {
    const directory = await DataDirectory.open(base);
    await directory.announce({ http: 'http://127.0.0.1:1', mqtt: 'mqtt://127.0.0.1:2' });
    const file = join(base, 'server.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      http: 'http://127.0.0.1:1',
      mqtt: 'mqtt://127.0.0.1:2',
    });
    expect(await modeOf(file)).toBe(0o600);
    await directory.close();
    expect(await readdir(base)).toEqual([]);
  });
});
