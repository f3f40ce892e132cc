import { type JsonObject, TwinError } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../index.js';
import { RECONCILER } from '../record/actor.js';
import type { RolloutProgress } from '../record/rollout-progress.js';
import type { RolloutRules } from '../rollout/rollout-rules.js';
import { FakeClock, LateStore, openRegistry } from '../testing/index.js';
import { OPERATOR } from '../testing/operator.js';
import type { ConfigurationLimit } from './configuration-limit.js';

const GOOD: JsonObject = { targetCondition: '*', desiredProperties: { a: 1 } };

describe('created numbers', () => {
  test('rise strictly even if the clock stands still, also after reopening and deleting', async () => {
    const [store, clock] = [new MemoryStore(), new FakeClock(5_000)];
    const first = await openRegistry({ store, clock });
    const times = await Promise.all(
      ['a', 'b', 'c'].map(async (id) => (await first.configurations.put(OPERATOR, id, GOOD)).record),
    );
    expect(times.map(({ createdAt }) => createdAt)).toEqual([5_000, 5_001, 5_002]);
    expect(times.map(({ created }) => created)).toEqual([5_000, 5_001, 5_002]);
    await first.configurations.remove(OPERATOR, 'c');
    const second = await openRegistry({ store, clock: new FakeClock(10) });
    expect((await second.configurations.put(OPERATOR, 'c', GOOD)).record.created).toBe(5_003);
  });

  test('stay when a configuration is edited', async () => {
    const registry = await openRegistry();
    const { record } = await registry.configurations.put(OPERATOR, 'a', GOOD);
    const again = await registry.configurations.put(OPERATOR, 'a', {
      ...GOOD,
      id: 'a',
      generation: 1,
      createdAt: '',
      updatedAt: '',
    });
    expect(again).toEqual({ record, isNew: false });
  });
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
    await registry.configurations.put(OPERATOR, 'c', GOOD);
    await registry.configurations.put(OPERATOR, 'c', GOOD);
    await registry.configurations.put(OPERATOR, 'c', { ...GOOD, targetCondition: 'true' });
    await expect(registry.configurations.put(OPERATOR, 'c', GOOD, { kind: 'absent' })).rejects.toThrow(
      'exists already',
    );
    await registry.configurations.remove(OPERATOR, 'c');
    await registry.configurations.put(OPERATOR, 'c', GOOD);
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
    await registry.configurations.put(OPERATOR, 'c', GOOD);
    await expect(registry.configurations.put(OPERATOR, 'd', GOOD)).rejects.toMatchObject({ code: 'unavailable' });
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
    const puts = Array.from({ length: 9 }, (_, n) => registry.configurations.put(OPERATOR, `c${n}`, GOOD));
    const results = await Promise.allSettled(puts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  test('may refuse a write: then nothing is stored, and no listener is called', async () => {
    const counted: unknown[] = [];
    const configurationLimit: ConfigurationLimit = { check: refusal, count: (...heard) => counted.push(heard) };
    const registry = await openRegistry({ configurationLimit });
    await expect(registry.configurations.put(OPERATOR, 'c', GOOD)).rejects.toThrow('no more of these');
    expect([await registry.configurations.read('c'), (await registry.changeLog.read(0, 10)).changes]).toEqual([
      undefined,
      [],
    ]);
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
    await registry.configurations.put(OPERATOR, 'c', GOOD);
    expect(await registry.configurations.check(OPERATOR, 'c', { ...GOOD, priority: 1 })).toEqual({
      ...GOOD,
      priority: 1,
    });
    await registry.configurations.check(OPERATOR, 'other', GOOD);
    await registry.configurations.check(OPERATOR, undefined, GOOD);
    // Twice, because the test store runs every decision twice.
    expect(heard.slice(2)).toEqual([
      [1, 2],
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(counted).toHaveLength(1);
    expect(await registry.configurations.mustRead('c')).toMatchObject({ generation: 1, priority: 0 });
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
    const { record } = await registry.configurations.put(OPERATOR, 'c', { ...GOOD, rollout: {} });
    limit.check = refusal;
    expect(await registry.configurations.advanceRollout(RECONCILER, 'c', record, { progress })).toMatchObject({
      progressRevision: record.progressRevision + 1,
    });
    await registry.configurations.actOnRollout(OPERATOR, 'c', { kind: 'abort' });
    await registry.configurations.remove(OPERATOR, 'c');
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
  expect((await registry.configurations.put(OPERATOR, 'c', { ...GOOD, ...added })).record).toMatchObject({
    id: 'c',
    generation: 1,
  });
});
