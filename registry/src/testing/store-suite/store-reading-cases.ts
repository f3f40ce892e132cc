import { expect, test } from 'vitest';
import type { Store } from '../../index.js';
import { countDurably, countUp, numberedEntry, range } from './numbered-entry.js';

/** Ids that are easily sorted wrongly: by case, by numbers, by length, by separators. */
const IDS = [
  ...['a', 'A', 'b', 'B', 'Z', 'z', '0', '9', '10', '2', '00', 'aa', 'Aa', 'aA', 'a0', 'a00', 'a1', 'a10', 'a2'],
  ...[
    'a-',
    'a.',
    'a:',
    'a~',
    'a@',
    'a_',
    'a-b',
    'a.b',
    'a:b',
    'a~b',
    'a@b',
    'a_b',
    'a-0',
    'a..',
    'a--',
    'true',
    'null',
  ],
  ...['x'.repeat(128), 'x'.repeat(127), `${'x'.repeat(127)}~`, `${'x'.repeat(127)}-`],
];

export function testReading(open: () => Promise<Store>): void {
  test('a missing entry is undefined, and an empty list is empty', async () => {
    const store = await open();
    expect(await store.read('device', 'unknown')).toBeUndefined();
    expect(await store.scan('device', '', 10)).toEqual([]);
    expect(await store.changes(0, 10)).toEqual({ changes: [], oldest: 1, head: 0 });
  });

  test('read and scan return entries on disk, among them every acknowledged one', async () => {
    const store = await open();
    const { durable } = await store.update('device', 'one', countUp('one'));
    let isDurable = false;
    durable.then(() => {
      isDurable = true;
    });
    const [early, list] = [await store.read('device', 'one'), await store.scan('device', '', 10)];
    if (early || list.length > 0) expect(isDurable).toBe(true);
    await durable;
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 1));
    expect(await store.scan('device', '', 10)).toEqual([numberedEntry('one', 1)]);
  });

  test('under load every writer reads back at least its last acknowledged write', async () => {
    const store = await open();
    const behind: [number, number | undefined][] = [];
    const write = async (id: string): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        const revision = await countDurably(store, id);
        const [listed] = await store.scan('device', id.slice(0, -1), 1);
        for (const seen of [(await store.read('device', id))?.revision, listed?.revision]) {
          if ((seen ?? 0) < revision) behind.push([revision, seen]);
        }
        if ((await store.changes(0, 1)).head < revision) behind.push([revision, undefined]);
      }
    };
    await Promise.all(range(1, 9).flatMap((n) => [write(`d${n}x`), write(`d${n}x`)]));
    expect(behind).toEqual([]);
  });

  test('a later write does not change an entry that was read', async () => {
    const store = await open();
    await countDurably(store, 'one');
    const before = await store.read('device', 'one');
    await countDurably(store, 'one');
    expect(before).toEqual(numberedEntry('one', 1));
  });

  test('scan uses the order of JavaScript strings', async () => {
    const store = await open();
    await Promise.all(IDS.map((id) => countDurably(store, id)));
    const ids = (await store.scan('device', '', IDS.length + 1)).map(({ id }) => id);
    expect(ids).toEqual(IDS.toSorted());
  });

  test.each([1, 2, 7, 100])('pages of %i hold every entry once, from every id on', async (limit) => {
    const store = await open();
    await Promise.all(IDS.map((id) => countDurably(store, id)));
    const sorted = IDS.toSorted();
    for (const [index, after] of sorted.entries()) {
      const page = await store.scan('device', after, limit);
      expect(page.map(({ id }) => id)).toEqual(sorted.slice(index + 1, index + 1 + limit));
    }
    const between = await store.scan('device', 'a/', limit);
    expect(between[0]?.id).toBe(sorted.find((id) => id > 'a/'));
  });
}
