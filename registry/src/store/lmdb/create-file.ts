import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const DATA_FILE = 'data.mdb';
/** Where folders cannot be opened or synced (Windows, some network file systems, folders of others). */
const CANNOT_SYNC = ['EACCES', 'EINVAL', 'EISDIR', 'EPERM'];

/**
 * Sees to it that the file is whole and that its name is on disk before anything is acknowledged. `create` makes an
 * environment in the folder it is given and has let go of it when it returns.
 *
 * LMDB writes the first pages of a new file without syncing them before it goes on: cut there, the file would end
 * every process that opens it. So a new file gets its place only when it is whole. LMDB never syncs folders: without
 * that a loss of power may take the file with all that was synced into it.
 */
export function createFile(folder: string, create: (folder: string) => void): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(join(folder, DATA_FILE))) {
    const making = join(folder, 'making');
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { mode: 0o700 });
    create(making);
    sync(join(making, DATA_FILE), 'r+');
    renameSync(join(making, DATA_FILE), join(folder, DATA_FILE));
    rmSync(making, { recursive: true });
  }
  // Also when the file was there: whoever made it may have been killed before this.
  for (let path = resolve(folder), below = ''; path !== below; below = path, path = dirname(path)) syncFolder(path);
}

function syncFolder(path: string): void {
  try {
    sync(path, 'r');
  } catch (error) {
    if (!CANNOT_SYNC.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function sync(path: string, flags: 'r' | 'r+'): void {
  const opened = openSync(path, flags);
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
