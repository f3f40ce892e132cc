import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countDurably, numberedEntry } from '../../testing/store-suite/numbered-entry.js';
import { createFile } from './create-file.js';
import { LmdbStore } from './lmdb-store.js';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-create-'));
  folder = join(root, 'data', 'twins');
});

afterEach(() => rmSync(root, { recursive: true }));

test('a file is renamed into place once it is complete, in folders for this user only', () => {
  let isThereTooEarly = true;
  createFile(folder, (making) => {
    writeFileSync(join(making, 'data.mdb'), 'whole');
    isThereTooEarly = existsSync(join(folder, 'data.mdb'));
  });
  expect(isThereTooEarly).toBe(false);
  expect(readdirSync(folder)).toEqual(['data.mdb']);
  expect(readFileSync(join(folder, 'data.mdb'), 'utf8')).toBe('whole');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('an existing file is left alone', () => {
  createFile(folder, (making) => writeFileSync(join(making, 'data.mdb'), 'first'));
  createFile(folder, () => expect.fail('it is there'));
  expect(readFileSync(join(folder, 'data.mdb'), 'utf8')).toBe('first');
});

test('a start that was cut off while the file was made does not block the next', async () => {
  mkdirSync(join(folder, 'making'), { recursive: true });
  writeFileSync(join(folder, 'making', 'data.mdb'), Buffer.alloc(12_288));
  const store = LmdbStore.open(folder);
  await countDurably(store, 'one');
  expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 1));
  await store.close();
  expect(readdirSync(folder).sort()).toEqual(['data.mdb', 'lock.mdb']);
});
