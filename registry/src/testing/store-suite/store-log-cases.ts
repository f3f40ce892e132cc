import { expect, test } from 'vitest';
import type { Store } from '../../index.js';
import { countDurably, countUp, range, readLog, sequencesOf, turns } from './numbered-entry.js';

const FOREVER = Number.MAX_SAFE_INTEGER;
const NEVER = 0;

export function testChangeLog(open: () => Promise<Store>): void {
  test.each([1, 2, 9, 1_000])('pages of %i from every cursor are in order and complete', async (limit) => {
    const store = await open();
    for (const changes of [1, 3, 0, 7, 2, 300, 1]) await countDurably(store, 'one', { changes });
    const head = 314;
    for (const cursor of [...range(0, 16), ...range(255, 260), 312, 313, head, head + 5, FOREVER]) {
      const page = await store.changes(cursor, limit);
      expect(page).toMatchObject({ oldest: 1, head });
      expect(page.changes.length).toBeLessThanOrEqual(limit);
      expect(sequencesOf(page.changes)).toEqual(range(cursor + 1, cursor + page.changes.length));
      if (cursor < head) expect(page.changes.length).toBeGreaterThan(0);
    }
    expect(await store.changes(FOREVER, 0)).toEqual({ changes: [], oldest: 1, head });
    expect(sequencesOf(await readLog(store, 0, limit))).toEqual(range(1, head));
  });

  test('followers are woken once the changes can be read', async () => {
    const store = await open();
    const seen: number[] = [];
    let reading = Promise.resolve();
    const cancel = store.follow(() => {
      reading = reading.then(async () => {
        const { changes } = await store.changes(seen.length, 1_000);
        seen.push(...sequencesOf(changes));
      });
    });
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(range(1, round).map((n) => countDurably(store, `d${n}`)));
    }
    await expect.poll(() => seen.length).toBe(190);
    expect(seen).toEqual(range(1, 190));
    cancel();
    await countDurably(store, 'one');
    await turns(2);
    await reading;
    expect(seen).toHaveLength(190);
  });

  test('a write without changes wakes no follower', async () => {
    const store = await open();
    let wakes = 0;
    store.follow(() => {
      wakes += 1;
    });
    await countDurably(store, 'one', { changes: 0 });
    await turns(2);
    expect(wakes).toBe(0);
  });

  testTrim(open);
}

function testTrim(open: () => Promise<Store>): void {
  test('trim by age drops older changes only', async () => {
    const store = await open();
    for (const at of range(1, 1_000)) await store.update('device', 'one', countUp('one', { at }));
    await countDurably(store, 'one', { at: 1_001 });
    for (const at of range(1_002, 1_010)) await countDurably(store, 'one', { at });
    await store.trim({ olderThan: 1_005, bytesMax: FOREVER });
    const { oldest, head } = await store.changes(0, 1);
    expect([oldest > 1, oldest <= 1_005, head]).toEqual([true, true, 1_010]);
    expect(sequencesOf(await readLog(store))).toEqual(range(oldest, head));
  });

  test('trim by size keeps at most the given size, newest first', async () => {
    const store = await open();
    for (const n of range(1, 100)) await countDurably(store, 'one', { at: n, text: 'x'.repeat(1_000) });
    await store.trim({ olderThan: NEVER, bytesMax: 20_000 });
    const { oldest, head } = await store.changes(0, 1);
    expect([oldest > 80, oldest < 90, head]).toEqual([true, true, 100]);
    expect(sequencesOf(await readLog(store))).toEqual(range(oldest, 100));
    await store.trim({ olderThan: NEVER, bytesMax: 20_000 });
    expect((await store.changes(0, 1)).oldest).toBe(oldest);
  });

  test('a trim that is not due drops nothing', async () => {
    const store = await open();
    for (const at of range(1, 10)) await countDurably(store, 'one', { at });
    await store.trim({ olderThan: 1, bytesMax: FOREVER });
    expect(await store.changes(0, 100)).toMatchObject({ oldest: 1, head: 10 });
    expect(sequencesOf(await readLog(store))).toEqual(range(1, 10));
  });

  test('the newest change always stays, and the log goes on from it', async () => {
    const store = await open();
    await store.trim({ olderThan: FOREVER, bytesMax: 0 });
    expect(await store.changes(0, 1)).toEqual({ changes: [], oldest: 1, head: 0 });
    for (const at of range(1, 10)) await countDurably(store, 'one', { at });
    await store.trim({ olderThan: FOREVER, bytesMax: 0 });
    expect(await store.changes(0, 100)).toMatchObject({ oldest: 10, head: 10, changes: [{ sequence: 10 }] });
    await countDurably(store, 'one');
    expect(sequencesOf((await store.changes(9, 100)).changes)).toEqual([10, 11]);
  });

  test('a reader active during a trim sees a gap reported, or misses nothing', async () => {
    const store = await open();
    const write = async (): Promise<void> => {
      for (const at of range(1, 300)) await countDurably(store, 'one', { at });
    };
    const trim = async (): Promise<void> => {
      for (const olderThan of range(1, 150)) await store.trim({ olderThan: 2 * olderThan, bytesMax: FOREVER });
    };
    const gaps: string[] = [];
    const read = async (): Promise<void> => {
      for (let cursor = 0; cursor < 300; ) {
        const { changes, oldest } = await store.changes(cursor, 3);
        const expected = Math.max(cursor + 1, oldest);
        if (changes[0] && changes[0].sequence !== expected) gaps.push(`${changes[0].sequence} instead of ${expected}`);
        cursor = changes.at(-1)?.sequence ?? cursor;
        await turns(1);
      }
    };
    await Promise.all([write(), trim(), trim(), read()]);
    expect(gaps).toEqual([]);
  });
}
