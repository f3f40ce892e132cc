import { TwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import type { DeviceEntry, Store } from '../../index.js';
import { countDurably, countUp, numberedEntry, range, readLog, sequencesOf, turns } from './numbered-entry.js';

export function testUpdates(open: () => Promise<Store>): void {
  test('concurrent updates of one entry all take effect, each over the one before', async () => {
    const store = await open();
    const results = await Promise.all(range(1, 200).map(() => countDurably(store, 'one')));
    expect(results.toSorted((left, right) => left - right)).toEqual(range(1, 200));
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 200));
  });

  test('concurrent updates of many entries number changes without gaps, in the order of each entry', async () => {
    const store = await open();
    const ids = range(1, 20).map((n) => `d${n}`);
    await Promise.all(range(1, 10).flatMap((n) => ids.map((id) => countDurably(store, id, { changes: n % 4 }))));
    const log = await readLog(store);
    expect(sequencesOf(log)).toEqual(range(1, 20 * 15));
    for (const id of ids) {
      const versions = log.flatMap((change) =>
        change.kind === 'reported' && change.device === id ? [change.data.version] : [],
      );
      expect(versions).toEqual(versions.toSorted((left, right) => left - right));
    }
  });

  test('a decision sees earlier decisions, even before they are on disk', async () => {
    const store = await open();
    const first = await store.update('device', 'one', countUp('one'));
    const second = await store.update('device', 'one', countUp('one'));
    expect([first.result, second.result]).toEqual([1, 2]);
    await Promise.all([first.durable, second.durable]);
  });

  test('updates see writes that are in flight', async () => {
    const store = await open();
    const writes: Promise<number>[] = [];
    for (let round = 0; round < 300; round += 1) {
      writes.push(countDurably(store, 'one'));
      await turns(1);
    }
    expect(await Promise.all(writes)).toEqual(range(1, 300));
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 300));
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'a decision that writes nothing is durable only when what it saw is (after %i turns)',
    async (wait) => {
      const store = await open();
      const written = await store.update('device', 'one', countUp('one'));
      let isWritten = false;
      written.durable.then(() => {
        isWritten = true;
      });
      await turns(wait);
      const seen = await store.update('device', 'one', (current) => ({ result: current?.revision }));
      await seen.durable;
      expect([seen.result, isWritten]).toEqual([1, true]);
      expect((await store.changes(0, 10)).head).toBe(1);
    },
  );

  test('an error thrown by decide rejects, writes nothing, and does not affect other writes', async () => {
    const store = await open();
    const others = range(1, 5).map(() => countDurably(store, 'one'));
    const refusal = new TwinError('conflict', 'no');
    const refuse = (): never => {
      throw refusal;
    };
    await expect(store.update('device', 'one', refuse)).rejects.toBe(refusal);
    await expect(store.update('device', 'two', refuse)).rejects.toBe(refusal);
    await Promise.all(others);
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 5));
    expect(await store.read('device', 'two')).toBeUndefined();
    expect((await store.changes(0, 100)).head).toBe(5);
  });

  test('a device and a configuration with the same id are independent', async () => {
    const store = await open();
    const configuration = { id: 'one', deleted: true, created: 7, revision: 1 } as const;
    await countDurably(store, 'one');
    await (await store.update('configuration', 'one', () => ({ result: 0, entry: configuration }))).durable;
    expect(await store.read('device', 'one')).toEqual(numberedEntry('one', 1));
    expect(await store.read('configuration', 'one')).toEqual(configuration);
    expect(await store.scan('configuration', '', 10)).toEqual([configuration]);
  });

  test('an entry and its changes appear together', async () => {
    const store = await open();
    const torn: [DeviceEntry | undefined, number][] = [];
    const writers = Promise.all(range(1, 300).map(() => countDurably(store, 'one')));
    for (let isDone = false; !isDone; ) {
      isDone = await Promise.race([writers.then(() => true), new Promise<false>((go) => setImmediate(go, false))]);
      const { head } = await store.changes(0, 1);
      const entry = await store.read('device', 'one');
      if ((entry?.revision ?? 0) < head) torn.push([entry, head]);
    }
    expect(torn).toEqual([]);
  });
}
