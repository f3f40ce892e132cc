import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, TwinError } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import {
  type Committed,
  type Decision,
  type DeviceEntry,
  type Entries,
  type EntryKind,
  LmdbStore,
  MemoryStore,
  type Registry,
} from './index.js';
import { deviceActor } from './record/actor.js';
import { LateStore, onDeviceCommit, openRegistry, setDesired } from './testing/index.js';
import { OPERATOR } from './testing/operator.js';

const GOOD: JsonObject = { targetCondition: '*', desiredProperties: { a: 1 } };

async function idsOf(list: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of list) ids.push(id);
  return ids;
}

describe('a refused verb stores nothing', () => {
  const verbs: [string, (registry: Registry) => Promise<unknown>, string][] = [
    ['a bad id', (registry) => registry.devices.register(OPERATOR, 'a b', {}), 'bad-id'],
    ['a bad id to patch', (registry) => registry.devices.patch(OPERATOR, '', {}), 'bad-id'],
    ['a bad id of a configuration', (registry) => registry.configurations.put(OPERATOR, '$x', GOOD), 'bad-id'],
    [
      'a registration with what is not the operator’s',
      (registry) => registry.devices.register(OPERATOR, 'n', { reported: {} }),
      'bad-request',
    ],
    [
      'a registration with the own layer under another name',
      (registry) => registry.devices.register(OPERATOR, 'n', { ownDesired: {} }),
      'bad-request',
    ],
    ['a patch of an unknown device', (registry) => registry.devices.patch(OPERATOR, 'n', {}), 'not-found'],
    ['a deletion of an unknown device', (registry) => registry.devices.remove(OPERATOR, 'n'), 'not-found'],
    [
      'a report of an unknown device',
      (registry) => registry.devices.report(deviceActor('n'), 'n', { reported: { a: 1 } }),
      'not-found',
    ],
    [
      'a bad condition',
      (registry) => registry.configurations.put(OPERATOR, 'n', { ...GOOD, targetCondition: 'bad' }),
      'bad-condition',
    ],
    [
      'a configuration with an unknown member',
      (registry) => registry.configurations.put(OPERATOR, 'n', { ...GOOD, x: 1 }),
      'bad-request',
    ],
    ['a deletion of no configuration', (registry) => registry.configurations.remove(OPERATOR, 'n'), 'not-found'],
  ];
  test.each(verbs)('%s', async (_what, work, code) => {
    const checkCondition = (text: string): void => {
      if (text === 'bad') throw new TwinError('bad-condition', 'bad');
    };
    const registry = await openRegistry({ checkCondition });
    await expect(work(registry)).rejects.toMatchObject({ name: 'TwinError', code });
    expect((await registry.changeLog.read(0, 1)).head).toBe(0);
    expect([await idsOf(registry.devices.all()), await idsOf(registry.configurations.all())]).toEqual([[], []]);
  });
});

describe('lists', () => {
  test('are in id order, without deleted entries, from any id', async () => {
    const registry = await openRegistry();
    const ids = Array.from({ length: 1_203 }, (_, n) => `d${n}`);
    await Promise.all(ids.map((id) => registry.devices.register(OPERATOR, id, {})));
    await registry.devices.remove(OPERATOR, 'd500');
    const sorted = ids.filter((id) => id !== 'd500').toSorted();
    expect(await idsOf(registry.devices.all())).toEqual(sorted);
    expect(await idsOf(registry.devices.all('d8'))).toEqual(sorted.filter((id) => id > 'd8'));
    await registry.configurations.put(OPERATOR, 'b', GOOD);
    await registry.configurations.put(OPERATOR, 'a', GOOD);
    await registry.configurations.remove(OPERATOR, 'b');
    expect(await idsOf(registry.configurations.all())).toEqual(['a']);
  });

  test('a deleted entry reads as absent', async () => {
    const registry = await openRegistry();
    await registry.devices.register(OPERATOR, 'one', {});
    await registry.configurations.put(OPERATOR, 'one', GOOD);
    expect((await registry.devices.mustRead('one')).id).toBe('one');
    expect((await registry.configurations.mustRead('one')).id).toBe('one');
    await registry.devices.remove(OPERATOR, 'one');
    await registry.configurations.remove(OPERATOR, 'one');
    expect([await registry.devices.read('one'), await registry.configurations.read('one')]).toEqual([
      undefined,
      undefined,
    ]);
    await expect(registry.devices.mustRead('one')).rejects.toMatchObject({ code: 'not-found' });
    await expect(registry.configurations.mustRead('one')).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('listeners get commits in order, each before its verb resolves, and nothing else', async () => {
  const registry = await openRegistry();
  const committed: [number | undefined, number][] = [];
  const cancel = onDeviceCommit(registry, (before, after) => committed.push([before?.revision, after.revision]));
  const known = await registry.devices.register(OPERATOR, 'one', {}).then(() => committed.length);
  await registry.devices.patch(OPERATOR, 'one', { name: 'n' });
  await registry.devices.remove(OPERATOR, 'one');
  expect([known, committed]).toEqual([
    1,
    [
      [undefined, 1],
      [1, 2],
      [2, 3],
    ],
  ]);
  await registry.devices.register(OPERATOR, 'one', {});
  await registry.devices.register(OPERATOR, 'one', {});
  await registry.devices.setPresence(deviceActor('two'), 'two', { connected: true });
  expect(committed).toHaveLength(4);
  cancel();
  await registry.devices.remove(OPERATOR, 'one');
  expect(committed).toHaveLength(4);
});

test('listeners get an entry when it can be read, and not before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-registry-'));
  const store = LmdbStore.open(folder);
  try {
    const registry = await openRegistry({ store });
    const seen: unknown[] = [];
    onDeviceCommit(registry, (_before, after) =>
      seen.push(store.read('device', after.id)?.revision === after.revision),
    );
    const registered = registry.devices.register(OPERATOR, 'one', {});
    expect([seen, registry.devices.read('one')]).toEqual([[], undefined]);
    await registered;
    expect([seen, registry.devices.read('one')]).toMatchObject([[true], { id: 'one', revision: 1 }]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

test('a refusal that depends on a write in flight waits for it, and fails with it', async () => {
  let isFailing = false;
  const registry = await openRegistry({ store: new LateStore(1, () => isFailing) });
  await registry.devices.register(OPERATOR, 'one', {});
  const order: string[] = [];
  const note = (what: string) => () => order.push(what);
  const removal = registry.devices.remove(OPERATOR, 'one').then(note('removed'));
  const report = registry.devices
    .report(deviceActor('one'), 'one', { reported: { a: 1 } })
    .catch(({ code }) => note(code)());
  await Promise.all([removal, report]);
  expect(order).toEqual(['removed', 'not-found']);
  await registry.devices.register(OPERATOR, 'one', {});
  isFailing = true;
  const failed = registry.devices.remove(OPERATOR, 'one');
  await expect(registry.devices.report(deviceActor('one'), 'one', { reported: { a: 1 } })).rejects.toMatchObject({
    code: 'unavailable',
  });
  await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
});

test('setDesired passes the latest record to its plan, and skips deleted devices', async () => {
  const registry = await openRegistry();
  await registry.devices.register(OPERATOR, 'one', { desired: { a: 1 } });
  const resolve = (record: DeviceEntry & { ownDesired?: JsonObject }) =>
    ({ kind: 'document', desired: record.ownDesired ?? {}, configurations: [] }) as const;
  expect(await setDesired(registry, 'one', resolve)).toBe(true);
  expect(await setDesired(registry, 'one', resolve)).toBe(false);
  expect(await registry.devices.read('one')).toMatchObject({ desired: { a: 1 }, desiredVersion: 1 });
  await registry.devices.remove(OPERATOR, 'one');
  const untouched = () => {
    throw new Error('a device that is gone is not resolved');
  };
  expect(await setDesired(registry, 'one', untouched)).toBe(false);
  expect(await setDesired(registry, 'unknown', untouched)).toBe(false);
});

test('a verb resolves when its effect is on disk, and rejects if the write fails', async () => {
  const fault = new TwinError('unavailable', 'no disk');
  class FullStore extends MemoryStore {
    override async update<Kind extends EntryKind, Result>(
      kind: Kind,
      id: string,
      decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
    ): Promise<Committed<Result>> {
      const { result } = await super.update(kind, id, decide);
      const durable = Promise.reject(fault);
      durable.catch(() => {});
      return { result, durable };
    }
  }
  const registry = await openRegistry({ store: new FullStore() });
  await expect(registry.devices.register(OPERATOR, 'one', {})).rejects.toBe(fault);
  await expect(registry.configurations.put(OPERATOR, 'one', GOOD)).rejects.toBe(fault);
  await expect(registry.configurations.remove(OPERATOR, 'one')).rejects.toBe(fault);
});

test('concurrent reports of one device are all kept, each with its own version', async () => {
  const store = new MemoryStore();
  const registry = await openRegistry({ store });
  await registry.devices.register(OPERATOR, 'one', {});
  const reports = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      registry.devices.report(deviceActor('one'), 'one', { reported: { [`k${n}`]: n } }),
    ),
  );
  expect(reports.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  expect(Object.keys((await registry.devices.mustRead('one')).reported)).toHaveLength(50);
});
