import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openSessionDatabase, type SessionDatabase } from './session-database.js';

const TOKEN_BYTES = 24;

/** Addresses of the running server, for clients on this machine. */
export interface ServerAddresses {
  readonly http?: string;
  readonly mqtt?: string;
}

/**
 * The directory of the embedded store: `twins/` and `sessions/`, the bootstrap token, and the addresses of the running
 * server. One server at a time uses it: the lock of the database in `sessions/`, opened before anything else, is the
 * lock of the directory.
 */
export class DataDirectory {
  readonly path: string;
  readonly sessions: SessionDatabase;

  static async open(path: string): Promise<DataDirectory> {
    const absolute = resolve(path);
    await mkdir(absolute, { recursive: true, mode: 0o700 });
    const sessions = await openSessionDatabase(join(absolute, 'sessions'));
    if (sessions) return new DataDirectory(absolute, sessions);
    throw new Error(`another server is using ${absolute}: stop it, or set MUSTER_DATA_DIR to another directory`);
  }

  private constructor(path: string, sessions: SessionDatabase) {
    this.path = path;
    this.sessions = sessions;
  }

  get twins(): string {
    return join(this.path, 'twins');
  }

  /** Returns the token of an earlier start, else a new one, in a file that only its owner can read. */
  async adminToken(): Promise<string> {
    const file = join(this.path, 'admin.token');
    const kept = await readIfThere(file);
    if (kept !== undefined) {
      await chmod(file, 0o600);
      return checkToken(kept.trim(), file);
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return token;
  }

  async announce(addresses: ServerAddresses): Promise<void> {
    await writeFile(this.#announcement, `${JSON.stringify({ ...addresses, pid: process.pid })}\n`, { mode: 0o600 });
  }

  /** Removes the announcement and releases the lock. */
  async close(): Promise<void> {
    await rm(this.#announcement, { force: true });
    await this.sessions.close();
  }

  get #announcement(): string {
    return join(this.path, 'server.json');
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function checkToken(token: string, file: string): string {
  if (/^[!-~]{16,1024}$/.test(token)) return token;
  throw new Error(`${file} holds no token: remove the file to generate a new one`);
}
