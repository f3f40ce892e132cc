import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, TwinError } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import {
  type Committed,
  type ConfigurationLimit,
  type Decision,
  type DeviceEntry,
  type Entries,
  type EntryKind,
  LmdbStore,
  MemoryStore,
  type Registry,
  type RolloutProgress,
  type RolloutRules,
} from './index.js';
import { deviceActor, RECONCILER } from './record/actor.js';
import { FakeClock, LateStore, onDeviceCommit, openRegistry, setDesired } from './testing/index.js';
import { OPERATOR } from './testing/operator.js';

const OWN_SECRET = 'a secret of my own';
const GOOD: JsonObject = { targetCondition: '*', desiredProperties: { a: 1 } };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function idsOf(list: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of list) ids.push(id);
  return ids;
}

describe('a secret', () => {
  test('authenticates its own registered, enabled device only', async () => {
    const registry = await openRegistry();
    const { secret = '' } = await registry.register(OPERATOR, 'one', {});
    await registry.register(OPERATOR, 'two', { auth: { type: 'secret', secret: OWN_SECRET } });
    const opens = (id: string, text: string) => registry.authenticate(id, bytes(text));
    expect([await opens('one', secret), await opens('two', OWN_SECRET)]).toEqual([true, true]);
    expect([await opens('one', OWN_SECRET), await opens('two', secret), await opens('one', '')]).toEqual(
      Array(3).fill(false),
    );
    expect(await opens('three', secret)).toBe(false);
    await registry.patchDevice(OPERATOR, 'one', { enabled: false });
    expect(await opens('one', secret)).toBe(false);
    await registry.patchDevice(OPERATOR, 'one', { enabled: true });
    expect(await opens('one', secret)).toBe(true);
  });

  test('stays when the device is replaced without one, and ends with the device', async () => {
    const registry = await openRegistry();
    const { secret = '' } = await registry.register(OPERATOR, 'one', {});
    expect((await registry.register(OPERATOR, 'one', { tags: { a: 1 } })).secret).toBeUndefined();
    expect(await registry.authenticate('one', bytes(secret))).toBe(true);
    await registry.removeDevice(OPERATOR, 'one');
    expect(await registry.authenticate('one', bytes(secret))).toBe(false);
    const again = await registry.register(OPERATOR, 'one', {});
    expect([again.secret === secret, await registry.authenticate('one', bytes(secret))]).toEqual([false, false]);
  });
});

describe('a refused verb stores nothing', () => {
  const verbs: [string, (registry: Registry) => Promise<unknown>, string][] = [
    ['a bad id', (registry) => registry.register(OPERATOR, 'a b', {}), 'bad-id'],
    ['a bad id to patch', (registry) => registry.patchDevice(OPERATOR, '', {}), 'bad-id'],
    ['a bad id of a configuration', (registry) => registry.putConfiguration(OPERATOR, '$x', GOOD), 'bad-id'],
    [
      'a registration with what is not the operator’s',
      (registry) => registry.register(OPERATOR, 'n', { reported: {} }),
      'bad-request',
    ],
    [
      'a registration with the own layer under another name',
      (registry) => registry.register(OPERATOR, 'n', { ownDesired: {} }),
      'bad-request',
    ],
    ['a patch of an unknown device', (registry) => registry.patchDevice(OPERATOR, 'n', {}), 'not-found'],
    ['a deletion of an unknown device', (registry) => registry.removeDevice(OPERATOR, 'n'), 'not-found'],
    [
      'a report of an unknown device',
      (registry) => registry.report(deviceActor('n'), 'n', { reported: { a: 1 } }),
      'not-found',
    ],
    [
      'a bad condition',
      (registry) => registry.putConfiguration(OPERATOR, 'n', { ...GOOD, targetCondition: 'bad' }),
      'bad-condition',
    ],
    [
      'a configuration with an unknown member',
      (registry) => registry.putConfiguration(OPERATOR, 'n', { ...GOOD, x: 1 }),
      'bad-request',
    ],
    ['a deletion of no configuration', (registry) => registry.removeConfiguration(OPERATOR, 'n'), 'not-found'],
  ];
  test.each(verbs)('%s', async (_what, work, code) => {
    const checkCondition = (text: string): void => {
      if (text === 'bad') throw new TwinError('bad-condition', 'bad');
    };
    const registry = await openRegistry({ checkCondition });
    await expect(work(registry)).rejects.toMatchObject({ name: 'TwinError', code });
    expect((await registry.changes(0, 1)).head).toBe(0);
    expect([await idsOf(registry.devices()), await idsOf(registry.configurations())]).toEqual([[], []]);
  });
});

describe('created numbers', () => {
  test('rise strictly even if the clock stands still, also after reopening and deleting', async () => {
    const [store, clock] = [new MemoryStore(), new FakeClock(5_000)];
    const first = await openRegistry({ store, clock });
    const times = await Promise.all(
      ['a', 'b', 'c'].map(async (id) => (await first.putConfiguration(OPERATOR, id, GOOD)).record),
    );
    expect(times.map(({ createdAt }) => createdAt)).toEqual([5_000, 5_001, 5_002]);
    expect(times.map(({ created }) => created)).toEqual([5_000, 5_001, 5_002]);
    await first.removeConfiguration(OPERATOR, 'c');
    const second = await openRegistry({ store, clock: new FakeClock(10) });
    expect((await second.putConfiguration(OPERATOR, 'c', GOOD)).record.created).toBe(5_003);
  });

  test('stay when a configuration is edited', async () => {
    const registry = await openRegistry();
    const { record } = await registry.putConfiguration(OPERATOR, 'a', GOOD);
    const again = await registry.putConfiguration(OPERATOR, 'a', {
      ...GOOD,
      id: 'a',
      generation: 1,
      createdAt: '',
      updatedAt: '',
    });
    expect(again).toEqual({ record, isNew: false });
  });
});

describe('lists', () => {
  test('are in id order, without deleted entries, from any id', async () => {
    const registry = await openRegistry();
    const ids = Array.from({ length: 1_203 }, (_, n) => `d${n}`);
    await Promise.all(ids.map((id) => registry.register(OPERATOR, id, {})));
    await registry.removeDevice(OPERATOR, 'd500');
    const sorted = ids.filter((id) => id !== 'd500').toSorted();
    expect(await idsOf(registry.devices())).toEqual(sorted);
    expect(await idsOf(registry.devices('d8'))).toEqual(sorted.filter((id) => id > 'd8'));
    await registry.putConfiguration(OPERATOR, 'b', GOOD);
    await registry.putConfiguration(OPERATOR, 'a', GOOD);
    await registry.removeConfiguration(OPERATOR, 'b');
    expect(await idsOf(registry.configurations())).toEqual(['a']);
  });

  test('a deleted entry reads as absent', async () => {
    const registry = await openRegistry();
    await registry.register(OPERATOR, 'one', {});
    await registry.putConfiguration(OPERATOR, 'one', GOOD);
    expect((await registry.mustReadDevice('one')).id).toBe('one');
    expect((await registry.mustReadConfiguration('one')).id).toBe('one');
    await registry.removeDevice(OPERATOR, 'one');
    await registry.removeConfiguration(OPERATOR, 'one');
    expect([await registry.readDevice('one'), await registry.readConfiguration('one')]).toEqual([undefined, undefined]);
    await expect(registry.mustReadDevice('one')).rejects.toMatchObject({ code: 'not-found' });
    await expect(registry.mustReadConfiguration('one')).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('listeners get commits in order, each before its verb resolves, and nothing else', async () => {
  const registry = await openRegistry();
  const committed: [number | undefined, number][] = [];
  const cancel = onDeviceCommit(registry, (before, after) => committed.push([before?.revision, after.revision]));
  const known = await registry.register(OPERATOR, 'one', {}).then(() => committed.length);
  await registry.patchDevice(OPERATOR, 'one', { name: 'n' });
  await registry.removeDevice(OPERATOR, 'one');
  expect([known, committed]).toEqual([
    1,
    [
      [undefined, 1],
      [1, 2],
      [2, 3],
    ],
  ]);
  await registry.register(OPERATOR, 'one', {});
  await registry.register(OPERATOR, 'one', {});
  await registry.setPresence(deviceActor('two'), 'two', { connected: true });
  expect(committed).toHaveLength(4);
  cancel();
  await registry.removeDevice(OPERATOR, 'one');
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
    const registered = registry.register(OPERATOR, 'one', {});
    expect([seen, registry.readDevice('one')]).toEqual([[], undefined]);
    await registered;
    expect([seen, registry.readDevice('one')]).toMatchObject([[true], { id: 'one', revision: 1 }]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

test('a refusal that depends on a write in flight waits for it, and fails with it', async () => {
  let isFailing = false;
  const registry = await openRegistry({ store: new LateStore(1, () => isFailing) });
  await registry.register(OPERATOR, 'one', {});
  const order: string[] = [];
  const note = (what: string) => () => order.push(what);
  const removal = registry.removeDevice(OPERATOR, 'one').then(note('removed'));
  const report = registry.report(deviceActor('one'), 'one', { reported: { a: 1 } }).catch(({ code }) => note(code)());
  await Promise.all([removal, report]);
  expect(order).toEqual(['removed', 'not-found']);
  await registry.register(OPERATOR, 'one', {});
  isFailing = true;
  const failed = registry.removeDevice(OPERATOR, 'one');
  await expect(registry.report(deviceActor('one'), 'one', { reported: { a: 1 } })).rejects.toMatchObject({
    code: 'unavailable',
  });
  await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
});

test('setDesired passes the latest record to its plan, and skips deleted devices', async () => {
  const registry = await openRegistry();
  await registry.register(OPERATOR, 'one', { desired: { a: 1 } });
  const resolve = (record: DeviceEntry & { ownDesired?: JsonObject }) =>
    ({ kind: 'document', desired: record.ownDesired ?? {}, configurations: [] }) as const;
  expect(await setDesired(registry, 'one', resolve)).toBe(true);
  expect(await setDesired(registry, 'one', resolve)).toBe(false);
  expect(await registry.readDevice('one')).toMatchObject({ desired: { a: 1 }, desiredVersion: 1 });
  await registry.removeDevice(OPERATOR, 'one');
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
  await expect(registry.register(OPERATOR, 'one', {})).rejects.toBe(fault);
  await expect(registry.putConfiguration(OPERATOR, 'one', GOOD)).rejects.toBe(fault);
  await expect(registry.removeConfiguration(OPERATOR, 'one')).rejects.toBe(fault);
});

test('concurrent reports of one device are all kept, each with its own version', async () => {
  const store = new MemoryStore();
  const registry = await openRegistry({ store });
  await registry.register(OPERATOR, 'one', {});
  const reports = await Promise.all(
    Array.from({ length: 50 }, (_, n) => registry.report(deviceActor('one'), 'one', { reported: { [`k${n}`]: n } })),
  );
  expect(reports.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  expect(Object.keys((await registry.mustReadDevice('one')).reported)).toHaveLength(50);
});

describe('a limit of configurations', () => {
  const refusal = () => {
    throw new TwinError('bad-condition', 'no more of these');
  };

  test('counts each that is stored, replaced and deleted, and nothing else', async () => {
    const heard: unknown[] = [];
    const configurationLimit: ConfigurationLimit = {
      check: () => {},
      count: (before, after) => heard.push([before?.targetCondition, after?.targetCondition]),
    };
    const registry = await openRegistry({ configurationLimit });
    await registry.putConfiguration(OPERATOR, 'c', GOOD);
    await registry.putConfiguration(OPERATOR, 'c', GOOD);
    await registry.putConfiguration(OPERATOR, 'c', { ...GOOD, targetCondition: 'true' });
    await expect(registry.putConfiguration(OPERATOR, 'c', GOOD, { kind: 'absent' })).rejects.toThrow('exists already');
    await registry.removeConfiguration(OPERATOR, 'c');
    await registry.putConfiguration(OPERATOR, 'c', GOOD);
    expect(heard).toEqual([
      [undefined, '*'],
      ['*', 'true'],
      ['true', undefined],
      [undefined, '*'],
    ]);
  });

  test('counts back a failed write', async () => {
    let stored = 0;
    const count = (...[before, after]: Parameters<ConfigurationLimit['count']>): void => {
      stored += Number(after !== undefined) - Number(before !== undefined);
    };
    const store = new LateStore(1, (flush) => flush === 2);
    const registry = await openRegistry({ store, configurationLimit: { check: () => {}, count } });
    await registry.putConfiguration(OPERATOR, 'c', GOOD);
    await expect(registry.putConfiguration(OPERATOR, 'd', GOOD)).rejects.toMatchObject({ code: 'unavailable' });
    expect(stored).toBe(1);
  });

  test('counts each before the next is decided, even if many are put at once', async () => {
    let stored = 0;
    const configurationLimit: ConfigurationLimit = {
      check: () => {
        if (stored >= 3) refusal();
      },
      count: () => {
        stored += 1;
      },
    };
    const registry = await openRegistry({ configurationLimit });
    const puts = Array.from({ length: 9 }, (_, n) => registry.putConfiguration(OPERATOR, `c${n}`, GOOD));
    const results = await Promise.allSettled(puts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  test('may refuse a write: then nothing is stored, and no listener is called', async () => {
    const counted: unknown[] = [];
    const configurationLimit: ConfigurationLimit = { check: refusal, count: (...heard) => counted.push(heard) };
    const registry = await openRegistry({ configurationLimit });
    await expect(registry.putConfiguration(OPERATOR, 'c', GOOD)).rejects.toThrow('no more of these');
    expect([await registry.readConfiguration('c'), (await registry.changes(0, 10)).changes]).toEqual([undefined, []]);
    expect(counted).toEqual([]);
  });

  test('checks a planned configuration against the stored one, and counts nothing', async () => {
    const heard: unknown[] = [];
    const counted: unknown[] = [];
    const configurationLimit: ConfigurationLimit = {
      check: (before, after) => heard.push([before?.generation, after.generation]),
      count: (_, after) => counted.push(after),
    };
    const registry = await openRegistry({ configurationLimit });
    await registry.putConfiguration(OPERATOR, 'c', GOOD);
    expect(await registry.checkConfiguration(OPERATOR, 'c', { ...GOOD, priority: 1 })).toEqual({
      ...GOOD,
      priority: 1,
    });
    await registry.checkConfiguration(OPERATOR, 'other', GOOD);
    await registry.checkConfiguration(OPERATOR, undefined, GOOD);
    // Twice, because the test store runs every decision twice.
    expect(heard.slice(2)).toEqual([
      [1, 2],
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(counted).toHaveLength(1);
    expect(await registry.mustReadConfiguration('c')).toMatchObject({ generation: 1, priority: 0 });
  });

  test('refuses no step of a rollout, no action on one, and no deletion', async () => {
    const limit = { check: (): void => {} };
    const counted: unknown[] = [];
    const progress: RolloutProgress = {
      ...{ key: 1, state: 'running', reason: { code: 'begun', text: 'devices are admitted' } },
      ...{ changedBy: 'muster', changedAt: 0, phase: 0, allowance: 0 },
    };
    const rollouts: RolloutRules = { put: () => progress, act: () => ({ progress }) };
    const configurationLimit: ConfigurationLimit = {
      check: () => limit.check(),
      count: (_, after) => counted.push(after),
    };
    const registry = await openRegistry({ rollouts, configurationLimit });
    const { record } = await registry.putConfiguration(OPERATOR, 'c', { ...GOOD, rollout: {} });
    limit.check = refusal;
    expect(await registry.advanceRollout(RECONCILER, 'c', record, { progress })).toMatchObject({
      step: record.step + 1,
    });
    await registry.actOnRollout(OPERATOR, 'c', { kind: 'abort' });
    await registry.removeConfiguration(OPERATOR, 'c');
    expect(counted).toHaveLength(4);
  });
});

test('members that the server adds to a configuration may be sent back, and are ignored', async () => {
  const registry = await openRegistry();
  const added = {
    id: 'other',
    generation: 9,
    createdAt: '',
    updatedAt: '',
    indexable: false,
    notIndexableBecause: 'x',
  };
  expect((await registry.putConfiguration(OPERATOR, 'c', { ...GOOD, ...added })).record).toMatchObject({
    id: 'c',
    generation: 1,
  });
});
