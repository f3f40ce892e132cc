import { TwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import type { CommittedEntry, Store } from '../../index.js';
import { countDurably, countUp, numberedEntry, range, readLog, sequencesOf, turns } from './numbered-entry.js';

export function testCommits(open: () => Promise<Store>): void {
  test('listeners get every entry once, with the versions before and after, in the step in which read returns it', async () => {
    const store = await open();
    const committed: CommittedEntry[] = [];
    const shown = new Map<string, unknown>();
    const faults: string[] = [];
    store.onCommit((entries) => {
      for (const entry of entries) {
        const { before, after } = entry;
        if (shown.get(after.id) !== before?.revision) faults.push(`${after.id} ${before?.revision}`);
        const read = store.read('device', after.id);
        if (!(read instanceof Promise) && read?.revision !== after.revision) faults.push(`${after.id} is not shown`);
        shown.set(after.id, after.revision);
        committed.push(entry);
      }
    });
    const ids = range(1, 10).map((n) => `d${n}`);
    const writes = range(1, 20).flatMap(() => ids.map((id) => countDurably(store, id)));
    for (let isDone = false; !isDone; await turns(1)) {
      isDone = await Promise.race([Promise.all(writes).then(() => true), turns(1).then(() => false)]);
      for (const id of ids) {
        const read = await store.read('device', id);
        if ((read?.revision ?? 0) > Number(shown.get(id) ?? 0)) faults.push(`${id} shows before listeners get it`);
      }
    }
    expect(faults).toEqual([]);
    for (const id of ids) expect(shown.get(id)).toBe(20);
    const changes = committed.flatMap((entry) => entry.changes);
    expect(sequencesOf(changes).toSorted((left, right) => left - right)).toEqual(sequencesOf(await readLog(store)));
  });

  test('listeners get an entry before its write resolves', async () => {
    const store = await open();
    const known = new Map<string, number>();
    store.onCommit((entries) => {
      for (const { after } of entries) known.set(after.id, after.revision);
    });
    const late: number[] = [];
    const write = async (): Promise<void> => {
      const revision = await countDurably(store, 'one');
      if ((known.get('one') ?? 0) < revision) late.push(revision);
    };
    await Promise.all(range(1, 100).map(write));
    expect(late).toEqual([]);
  });

  test('an entry without changes comes with the head of the log; a decision that writes nothing does not come', async () => {
    const store = await open();
    const committed: CommittedEntry[] = [];
    const cancel = store.onCommit((entries) => committed.push(...entries));
    await countDurably(store, 'one', { changes: 3 });
    await countDurably(store, 'one', { changes: 0 });
    await (await store.update('device', 'one', () => ({ result: undefined }))).durable;
    const refusal = new TwinError('conflict', 'no');
    const refused = store.update('device', 'one', () => {
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(committed).toMatchObject([
      { kind: 'device', before: undefined, after: { revision: 1 }, changes: [{}, {}, {}], sequence: 3 },
      { kind: 'device', before: { revision: 1 }, after: { revision: 2 }, changes: [], sequence: 3 },
    ]);
    cancel();
    await countDurably(store, 'one');
    expect(committed).toHaveLength(2);
    expect(await store.head()).toBe(4);
  });

  test('an error thrown by decide rejects once the entry it saw is on disk', async () => {
    const store = await open();
    await store.update('device', 'one', countUp('one'));
    const refused = store.update('device', 'one', () => {
      throw new TwinError('conflict', 'no');
    });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 1));
  });

  test('readMany returns entries in the order of the ids', async () => {
    const store = await open();
    await Promise.all(['a', 'b', 'd'].map((id) => countDurably(store, id)));
    const [a, b, d] = ['a', 'b', 'd'].map((id) => numberedEntry(id, 1));
    expect(await store.readMany('device', ['a', 'b', 'c', 'd'])).toEqual([a, b, undefined, d]);
    expect(await store.readMany('device', ['d', 'x', 'a', 'a'])).toEqual([d, undefined, a, a]);
    expect(await store.readMany('device', [])).toEqual([]);
    expect(await store.readMany('configuration', ['a'])).toEqual([undefined]);
    const many = range(1, 300).map((n) => `m${String(n).padStart(4, '0')}`);
    await Promise.all(many.map((id) => countDurably(store, id)));
    const asked = many.filter((_, index) => index % 3 !== 1);
    expect(await store.readMany('device', asked)).toEqual(asked.map((id) => numberedEntry(id, 1)));
  });
}
