import { expect, test } from 'vitest';
import type { DeviceEntry, Store } from '../../index.js';
import { countDurably, countUp, numberedEntry, range, readLog, sequencesOf } from './numbered-entry.js';
import type { Crashed, StoreFixture } from './store-fixture.js';

export function testSurvival(fixture: StoreFixture, skip: (what: string, reason: string) => void): void {
  const { reopen, crash } = fixture;
  if (typeof reopen === 'function') testReopening(() => fixture.open(), reopen);
  else skip('reopening finds everything', reopen.cannot);
  if (typeof crash === 'function') testCrashes(crash);
  else skip('a crash loses nothing that was promised', crash.cannot);

  test('a store can be closed twice', async () => {
    const store = await fixture.open();
    await countDurably(store, 'one');
    await Promise.all([store.close(), store.close()]);
  });
}

function testReopening(open: () => Promise<Store>, reopen: (store: Store) => Promise<Store>): void {
  test('reopening finds entries, log and head; sequences go on', async () => {
    const first = await open();
    for (const n of range(1, 30)) await countDurably(first, `d${n % 3}`, { changes: n % 3 });
    const [entries, log] = [await first.scan('device', '', 10), await readLog(first)];
    const second = await reopen(first);
    expect(await second.scan('device', '', 10)).toEqual(entries);
    expect(await readLog(second)).toEqual(log);
    await countDurably(second, 'd1', { changes: 2 });
    expect(await second.read('device', 'd1')).toEqual(numberedEntry('d1', 11));
    expect(sequencesOf(await readLog(second))).toEqual(range(1, 32));
    expect(sequencesOf((await second.changes(29, 10)).changes)).toEqual([30, 31, 32]);
  });

  test('closing waits for writes in flight', async () => {
    const first = await open();
    const writes = range(1, 50).map(() => countDurably(first, 'one'));
    const second = await reopen(first);
    expect(await Promise.all(writes)).toEqual(range(1, 50));
    expect(await second.read('device', 'one')).toEqual(numberedEntry('one', 50));
    expect((await second.changes(0, 1)).head).toBe(50);
  });

  test('a store that is closing refuses writes', async () => {
    const first = await open();
    await countDurably(first, 'one');
    const reopening = reopen(first);
    await expect(first.update('device', 'one', countUp('one'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await (await reopening).read('device', 'one')).toEqual(numberedEntry('one', 1));
  });

  test('a trimmed log stays trimmed after reopening, and knows its size', async () => {
    const first = await open();
    for (const n of range(1, 100)) await countDurably(first, 'one', { at: n, text: 'x'.repeat(1_000) });
    await first.trim({ olderThan: 50, bytesMax: 1_000_000 });
    const { oldest } = await first.changes(0, 1);
    const second = await reopen(first);
    expect(await second.changes(0, 1)).toMatchObject({ oldest, head: 100, changes: [{ sequence: oldest }] });
    await second.trim({ olderThan: 0, bytesMax: 10_000 });
    expect((await second.changes(0, 1)).oldest).toBeGreaterThan(90);
  });

  test('after trimming all but the newest change, sequences still go on', async () => {
    const first = await open();
    for (const at of range(1, 5)) await countDurably(first, 'one', { at });
    await first.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
    const second = await reopen(first);
    await countDurably(second, 'one');
    expect(sequencesOf(await readLog(second))).toEqual([5, 6]);
  });
}

function testCrashes(crash: (times: number) => Promise<Crashed>): void {
  test('a process killed repeatedly under load loses no acknowledged write and tears no transaction', async () => {
    const { store, promised } = await crash(4);
    expect(promised.size).toBeGreaterThan(0);
    const entries = new Map((await store.scan('device', '', 1_000)).map((entry) => [entry.id, entry]));
    for (const [id, revision] of promised) expect(entries.get(id)?.revision).toBeGreaterThanOrEqual(revision);
    const log = await readLog(store);
    expect(sequencesOf(log)).toEqual(range(1, log.length));
    for (const entry of entries.values()) expect(versionsIn(log, entry)).toEqual(range(1, entry.revision));
  }, 60_000);
}

/** Expects one change for each number of the counter: entry and log share a transaction. */
function versionsIn(log: Awaited<ReturnType<typeof readLog>>, { id }: DeviceEntry): number[] {
  return log.flatMap((change) => (change.kind === 'reported' && change.device === id ? [change.data.version] : []));
}
