import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { countDurably, numberedEntry } from '../../testing/store-suite/numbered-entry.js';
import { LmdbStore } from './lmdb-store.js';

const names = Array.from({ length: 300 }, (_, n) => `d-${String(n).padStart(3, '0')}`);
const name = fc.constantFrom(...names);
const stretch = fc.tuple(fc.nat(299), fc.nat(80)).map(([start, length]) => names.slice(start, start + length));
const ids = fc.oneof(stretch, fc.array(name, { maxLength: 80 }), fc.subarray(names, { maxLength: 80 }));
const step = fc.oneof(
  ids.map((list) => ({ kind: 'prefetch' as const, list })),
  ids.map((list) => ({ kind: 'readMany' as const, list })),
  fc.array(name, { maxLength: 5 }).map((list) => ({ kind: 'write' as const, list })),
);

function openStore(): LmdbStore {
  const folder = mkdtempSync(join(tmpdir(), 'muster-table-'));
  const store = LmdbStore.open(folder);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

test('reads and updates return the newest entry after any prefetch', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name), fc.array(step, { maxLength: 20 }), async (stored, steps) => {
      const store = openStore();
      const revisions = new Map<string, number>();
      const write = async (list: readonly string[]) => {
        await Promise.all(list.map((id) => countDurably(store, id)));
        for (const id of list) revisions.set(id, (revisions.get(id) ?? 0) + 1);
      };
      const expected = (id: string) => {
        const revision = revisions.get(id);
        return revision === undefined ? undefined : numberedEntry(id, revision);
      };
      await write(stored);
      for (const { kind, list } of steps) {
        if (kind === 'write') await write(list);
        else if (kind === 'readMany') expect(store.readMany('device', list)).toEqual(list.map(expected));
        else store.prefetch('device', list);
        for (const id of list) {
          const seen = await store.update('device', id, (current) => ({ result: current }));
          expect(seen.result).toEqual(expected(id));
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('an entry prefetched during its write reads as before, and updates as written', async () => {
  const store = openStore();
  await countDurably(store, 'a');
  await countDurably(store, 'b');
  const writing = countDurably(store, 'a');
  let isDone = false;
  void writing.then(() => {
    isDone = true;
  });
  while (!isDone) {
    store.prefetch('device', ['a', 'b']);
    const revision = store.read('device', 'a')?.revision;
    if (!isDone) expect([1, 2]).toContain(revision);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(store.read('device', 'a')?.revision).toBe(2);
  expect(await countDurably(store, 'a')).toBe(3);
});
