import { expect, test } from 'vitest';
import { FailingStore, RolloutWorld } from '../testing/index.js';

const applied = () => ({ status: 'applied' }) as const;

test('who rests while it is paused is tried again once it is resumed', async () => {
  const fleet = await RolloutWorld.start(4);
  await fleet.put(undefined, { speed: 10 });
  await fleet.answer(applied);
  await fleet.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }], retries: 3 }, { speed: 20 });
  await fleet.answer(() => ({ status: 'failed', error: 'not now' }));
  expect(await fleet.having(20)).toEqual([]);
  await fleet.act('pause');
  await fleet.pass(60_000);
  expect(await fleet.having(20)).toEqual([]);
  await fleet.act('resume');
  await fleet.pass(5_000);
  expect(await fleet.having(20)).toHaveLength(2);
  expect(fleet.repaired).toBe(0);
});

test('disabled and enabled again, those come back too who match the new condition only', async () => {
  const fleet = await RolloutWorld.start(10);
  const rollout = { phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] };
  await fleet.put(undefined, { speed: 10 }, { targetCondition: 'device.tags.ring = 0' });
  const edited = { targetCondition: 'device.tags.ring = 1' };
  await fleet.put(rollout, { speed: 20 }, edited);
  const before = { old: await fleet.having(10), new: await fleet.having(20) };
  expect([before.old.length, before.new.length]).toEqual([5, 3]);
  await fleet.put(rollout, { speed: 20 }, { ...edited, enabled: false });
  expect(await fleet.having(undefined)).toHaveLength(10);
  await fleet.put(rollout, { speed: 20 }, edited);
  expect({ old: await fleet.having(10), new: await fleet.having(20) }).toEqual(before);
  await fleet.pass(120_000, 10_000);
  expect(fleet.repaired).toBe(0);
});

test('where it cannot be stored nobody is let in, and it goes on once it can', async () => {
  const store = new FailingStore();
  const fleet = await RolloutWorld.start(10, async () => {}, store);
  await fleet.put({ phases: [{ percent: 20, wait: '1m' }, { percent: 100 }] });
  store.failing.add('update');
  await fleet.pass(90_000);
  expect(await fleet.having(20)).toHaveLength(2);
  expect((await fleet.world.registry.configurations.mustRead('c')).progress).toMatchObject({ phase: 0 });
  expect(fleet.world.logged).toContain('a rollout could not go on, it is tried again');
  store.failing.clear();
  await fleet.pass(10_000);
  expect(await fleet.having(20)).toHaveLength(10);
  expect(await fleet.view()).toMatchObject({ state: 'complete', phases: [{ admitted: 2 }, { admitted: 8 }] });
});
