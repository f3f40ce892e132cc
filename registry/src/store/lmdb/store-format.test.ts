import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { LmdbStore } from './lmdb-store.js';

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-format-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function write(folder: string, format: string | undefined): Promise<void> {
  const root = open<string, string>({ path: folder, noSubdir: false, maxDbs: 8, encoding: 'string' });
  const meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
  if (format === undefined) meta.removeSync('format');
  else meta.putSync('format', format);
  await root.close();
}

test('a new folder opens again', async () => {
  const folder = folderOf();
  await LmdbStore.open(folder).close();
  await LmdbStore.open(folder).close();
});

test.each([
  [undefined, 'not known'],
  ['999', '999'],
])('a folder of format %s is refused with the reason', async (format, named) => {
  const folder = folderOf();
  await LmdbStore.open(folder).close();
  await write(folder, format);
  expect(() => LmdbStore.open(folder)).toThrow(`its format is ${named}, this version reads`);
});
