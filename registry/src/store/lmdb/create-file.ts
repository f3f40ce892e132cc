import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const DATA_FILE = 'data.mdb';
/**
 * Errors on systems where folders cannot be opened or synced: Windows, some network file systems, folders of other
 * users.
 */
const CANNOT_SYNC = ['EACCES', 'EINVAL', 'EISDIR', 'EPERM'];

/**
 * Makes sure that the file is complete and its name is on disk before anything is acknowledged. `create` makes an
 * environment in the given folder and closes it before it returns.
 *
 * LMDB writes the first pages of a new file without syncing them. A file cut off there would crash every process that
 * opens it, so a new file is renamed into place once it is complete. LMDB never syncs folders: without that, a loss of
 * power may remove the file with everything synced into it.
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
  // Also for a file that exists: the process that made it may have been killed before this.
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
