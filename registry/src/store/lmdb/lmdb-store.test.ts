import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { LmdbStore, type Store } from '../../index.js';
import { type Crashed, runStoreTests } from '../../testing/index.js';
import { countDurably, numberedEntry, range, readLog, sequencesOf } from '../../testing/store-suite/numbered-entry.js';

const LINES_BEFORE_KILL = 400;

const folders: string[] = [];
const stores = new Map<Store, string>();

function newFolder(): string {
  // The dot in the name must not make it a file.
  const folder = mkdtempSync(join(tmpdir(), 'muster.lmdb-'));
  folders.push(folder);
  return folder;
}

function openAt(folder: string): LmdbStore {
  const store = LmdbStore.open(folder);
  stores.set(store, folder);
  return store;
}

async function reopen(store: Store): Promise<Store> {
  await store.close();
  return openAt(stores.get(store) as string);
}

async function destroy(): Promise<void> {
  for (const store of stores.keys()) await store.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
  stores.clear();
  folders.length = 0;
}

/** Programs run from `dist`: node does not read the sources. */
function programPath(name: string): string {
  const path = fileURLToPath(new URL(`../../../dist/testing/store-suite/${name}.js`, import.meta.url));
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: build first, with npx tsc -b`);
}

async function crash(times: number): Promise<Crashed> {
  const folder = newFolder();
  const promised = new Map<string, number>();
  for (let time = 0; time < times; time += 1) await writeAndKill(folder, promised);
  return { store: openAt(folder), promised };
}

async function writeAndKill(folder: string, promised: Map<string, number>): Promise<void> {
  const child = spawn(process.execPath, [programPath('write-until-killed'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    const [id, revision] = line.split(' ');
    if (id === undefined || revision === undefined || !/^\d+$/.test(revision)) continue;
    promised.set(id, Math.max(promised.get(id) ?? 0, Number(revision)));
    lines += 1;
    if (lines === LINES_BEFORE_KILL) child.kill('SIGKILL');
  }
  if (lines < LINES_BEFORE_KILL) throw new Error('the program ended before it was killed');
}

runStoreTests('lmdb', { open: async () => openAt(newFolder()), reopen, crash, destroy });

describe('the embedded store', () => {
  afterEach(destroy);

  test('a full disk: writes fail, reads go on, and acknowledged writes are there', async () => {
    const folder = newFolder();
    // A limit on the size of files fails like a full disk: when the transaction is written.
    const command = `ulimit -f 2000 && exec "${process.execPath}" "${programPath('write-until-full')}" "${folder}"`;
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [output, code] = await Promise.all([
      text(child.stdout),
      new Promise<number | null>((resolve) => child.on('close', resolve)),
    ]);
    expect(code).toBe(0);
    const { writers, again, entries, head } = JSON.parse(output);
    for (const writer of writers) expect(writer).toMatchObject({ code: 'unavailable' });
    expect(again).toEqual({ id: 'd0', promised: 0, code: 'unavailable' });
    const promised = writers.map(({ id, promised: n }: { id: string; promised: number }) => numberedEntry(id, n));
    expect(entries).toEqual(promised);
    const store = openAt(folder);
    expect(await store.scan('device', '', 100)).toEqual(promised);
    expect(sequencesOf(await readLog(store))).toEqual(range(1, head));
  });

  test('a log much longer than a slice is trimmed completely', async () => {
    const store = openAt(newFolder());
    const long = 'x'.repeat(4_000);
    for (const at of range(1, 40)) await countDurably(store, 'one', { at, changes: 50, text: long });
    await store.trim({ olderThan: 31, bytesMax: Number.MAX_SAFE_INTEGER });
    expect(await store.changes(0, 1)).toMatchObject({ oldest: 1_501, head: 2_000, changes: [{ sequence: 1_501 }] });
    await store.trim({ olderThan: 0, bytesMax: 300_000 });
    expect((await store.changes(0, 1)).oldest).toBe(1_951);
  });

  test('concurrent trims count dropped rows once', async () => {
    const store = openAt(newFolder());
    for (const at of range(1, 40)) await countDurably(store, 'one', { at, text: 'x'.repeat(1_000) });
    await Promise.all(range(1, 5).map(() => store.trim({ olderThan: 21, bytesMax: Number.MAX_SAFE_INTEGER })));
    await store.trim({ olderThan: 0, bytesMax: 15_000 });
    const { oldest } = await store.changes(0, 1);
    expect([oldest > 25, oldest < 30]).toEqual([true, true]);
  });

  test('a store closed during a trim stops, and is intact', async () => {
    const first = openAt(newFolder());
    for (const at of range(1, 40)) await countDurably(first, 'one', { at, changes: 50, text: 'x'.repeat(4_000) });
    const trimming = first.trim({ olderThan: 40, bytesMax: Number.MAX_SAFE_INTEGER });
    const second = await reopen(first);
    await trimming;
    const { oldest } = await second.changes(0, 1);
    expect(sequencesOf(await readLog(second))).toEqual(range(oldest, 2_000));
  });
});

test('more concurrent writes than a batch holds: in order, none lost, the newest of each entry last', async () => {
  const store = openAt(newFolder());
  // Every third write is of the same entry, so that several batches hold it.
  const ids = range(1, 3_000).map((n) => (n % 3 === 0 ? 'busy' : `quiet-${n}`));
  await Promise.all(ids.map((id) => countDurably(store, id)));
  const again = await reopen(store);
  expect((await again.read('device', 'busy'))?.revision).toBe(1_000);
  expect(await again.scan('device', '', 5_000)).toHaveLength(2_001);
  const log = await readLog(again, 0, 1_000);
  expect(sequencesOf(log)).toEqual(range(1, 3_000));
  const busy = log.filter((change) => change.kind === 'reported' && change.device === 'busy');
  expect(busy.map(({ data }) => (data as { version: number }).version)).toEqual(range(1, 1_000));
  await destroy();
});
