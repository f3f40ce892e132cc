import { randomUUID } from 'node:crypto';
import { link, mkdtemp, rename, rm, stat, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Unlock = () => Promise<void>;

interface Reach {
  readonly path: string;
  readonly isLink: boolean;
  readonly forget: () => Promise<void>;
}

const LOCK_NAME = 'lock.sock';
/** Addresses of unix sockets are about 100 bytes; where the directory is longer, a short link leads to it. */
const SOCKET_PATH_BYTES_MAX = 100;
const ATTEMPTS_MAX = 5;

/**
 * Makes sure that one process at a time uses a directory. The lock is a listening socket in it: the system ends
 * the listening with the process, however it dies, so a socket file that refuses connections is a leftover.
 */
export async function lockDirectory(directory: string): Promise<Unlock> {
  const guard = await takeName(directory);
  try {
    const release = await takeSocket(directory);
    return async () => {
      await release();
      await closed(guard);
    };
  } catch (error) {
    await closed(guard);
    throw error;
  }
}

/**
 * On Linux a name that the system itself gives to one listener and takes back with the process: two that find the
 * same leftover cannot both take it over. It holds within one network namespace; the socket in the directory holds
 * for containers that share the directory too.
 */
async function takeName(directory: string): Promise<Server | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { dev, ino } = await stat(directory, { bigint: true });
  const server = await listen(`\0muster-${dev}-${ino}`);
  if (server) return server;
  throw held(directory);
}

async function takeSocket(directory: string): Promise<Unlock> {
  const reach = await reachable(directory);
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const server = await listen(join(reach.path, LOCK_NAME));
      if (server) return () => unlock(server, directory, reach.isLink);
      if (await isHeld(join(reach.path, LOCK_NAME))) break;
      await removeLeftover(reach.path);
    }
  } finally {
    await reach.forget();
  }
  throw held(directory);
}

function held(directory: string): Error {
  return new Error(`another server is using ${directory}: stop it, or set MUSTER_DATA_DIR to another directory`);
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
}

/**
 * Takes the leftover aside before it is removed: if somebody else took the lock in the meantime it is theirs
 * that was taken aside, and it is put back.
 */
async function removeLeftover(directory: string): Promise<void> {
  const [path, aside] = [join(directory, LOCK_NAME), join(directory, `lock-${randomUUID().slice(0, 8)}`)];
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await isHeld(aside)) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server.unref()));
  });
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

/** Closing removes the file by the path it was made with, which a link that is forgotten no longer leads to. */
async function unlock(server: Server, directory: string, wasLink: boolean): Promise<void> {
  if (wasLink) await rm(join(directory, LOCK_NAME), { force: true });
  await closed(server);
}

/** The directory by a path that is short enough for the address of a socket. */
async function reachable(directory: string): Promise<Reach> {
  if (Buffer.byteLength(join(directory, LOCK_NAME)) <= SOCKET_PATH_BYTES_MAX) {
    return { path: directory, isLink: false, forget: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'muster-'));
  const path = join(folder, 'd');
  await symlink(directory, path);
  return { path, isLink: true, forget: () => rm(folder, { recursive: true, force: true }) };
}
