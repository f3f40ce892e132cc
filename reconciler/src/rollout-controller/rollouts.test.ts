import { deviceActor, isLive, MemoryStore } from '@muster/registry';
import { OPERATOR, onDeviceCommit } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { expect, test } from 'vitest';
import { AUTH, RolloutWorld, rolloutDevice } from '../testing/index.js';

const applied = () => ({ status: 'applied' }) as const;
const phases = [{ percent: 10, wait: '1h' }, { percent: 35, wait: '1h' }, { percent: 100 }];

test('phases admit exactly as many as they should, always more of the same', async () => {
  const fleet = await RolloutWorld.start(30);
  await fleet.put({ phases });
  const first = await fleet.having(20);
  expect(first).toHaveLength(3);
  expect(await fleet.status()).toMatchObject({ matched: 30, admitted: 3, pending: 3, offline: 3 });
  await fleet.pass(3_000_000, 60_000);
  expect(await fleet.having(20)).toEqual(first);
  await fleet.pass(660_000, 60_000);
  const second = await fleet.having(20);
  expect(second).toHaveLength(11);
  expect(second).toEqual(expect.arrayContaining(first));
  expect(await fleet.view()).toMatchObject({ state: 'running', phase: 2, waitsFor: { code: 'phase' } });
  await fleet.pass(3_660_000, 60_000);
  expect(await fleet.having(20)).toHaveLength(30);
  await fleet.answer(applied);
  expect(await fleet.view()).toMatchObject({
    state: 'complete',
    phases: [{ admitted: 3, applied: 3 }, { admitted: 8 }, { admitted: 19 }],
  });
  expect(await fleet.status()).toMatchObject({ matched: 30, admitted: 30, applied: 30, pending: 0 });
  expect(fleet.repaired).toBe(0);
});

test('who is not admitted has the stable generation, wholly', async () => {
  const fleet = await RolloutWorld.start(20);
  await fleet.put(undefined, { speed: 10 });
  await fleet.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] }, { speed: 20 });
  expect(await fleet.having(20)).toHaveLength(10);
  expect(await fleet.having(10)).toHaveLength(10);
  const [waiting = ''] = await fleet.having(10);
  const explained = await fleet.world.reconciler.explain(waiting);
  expect(explained.configurations).toMatchObject([
    { id: 'c', generation: 1, applies: true, reason: 'waiting-for-rollout' },
  ]);
  expect((await fleet.view()).generations).toEqual([
    { generation: 2, devices: 10 },
    { generation: 1, devices: 10 },
  ]);
});

test('when too many fail it is aborted, and nobody else gets it', async () => {
  const fleet = await RolloutWorld.start(40);
  await fleet.put({
    phases: [{ percent: 25, wait: '1m' }, { percent: 100 }],
    abort: { failedPercent: 20, minimum: 5 },
  });
  let answers = 0;
  await fleet.answer(() => (answers++ % 2 === 0 ? { status: 'failed', error: 'no space' } : { status: 'applied' }));
  await fleet.pass(3_600_000, 60_000);
  expect(await fleet.view()).toMatchObject({
    state: 'aborted',
    reason: { code: 'too-many-failures' },
    failures: [{ error: 'no space', devices: 5 }],
  });
  expect(await fleet.having(20)).toHaveLength(5);
  expect(await fleet.status()).toMatchObject({ matched: 40, admitted: 10, applied: 5, failed: 5 });
  await fleet.act('rollback');
  expect(await fleet.having(20)).toHaveLength(0);
});

test('a device that fails is tried again after a rest, with the stable generation in between, and no more often than allowed', async () => {
  const fleet = await RolloutWorld.start(1);
  await fleet.put(undefined, { speed: 10 });
  await fleet.answer(applied);
  await fleet.put({ retries: 2 }, { speed: 20 });
  const seen: unknown[] = [20];
  onDeviceCommit(fleet.world.registry, (_before, after) => {
    if (isLive(after) && seen.at(-1) !== after.desired.speed) seen.push(after.desired.speed);
  });
  for (let minute = 0; minute < 10; minute += 1) {
    const { desired } = await fleet.world.registry.devices.mustRead(rolloutDevice(0));
    await fleet.answer(() => (desired.speed === 20 ? { status: 'failed', error: 'too fast' } : { status: 'applied' }));
    await fleet.pass(60_000);
  }
  expect(seen).toEqual([20, 10, 20, 10, 20, 10]);
  expect(await fleet.status()).toMatchObject({ matched: 1, admitted: 1, failed: 1, pending: 0 });
  const { configurations } = await fleet.world.reconciler.explain(rolloutDevice(0));
  expect(configurations).toMatchObject([{ generation: 1, applies: true, reason: 'failed' }]);
  expect(fleet.repaired).toBe(0);
});

test('a device that is connected and silent for longer than the timeout has failed; time offline does not count', async () => {
  const fleet = await RolloutWorld.start(2);
  const { registry } = fleet.world;
  await registry.devices.setPresence(deviceActor(rolloutDevice(0)), rolloutDevice(0), { connected: true });
  await fleet.put({ timeout: '10m' });
  await fleet.pass(300_000, 10_000);
  await registry.devices.setPresence(deviceActor(rolloutDevice(0)), rolloutDevice(0), { connected: false });
  await fleet.pass(3_600_000, 60_000);
  expect(await fleet.status()).toMatchObject({ failed: 0, pending: 2 });
  await registry.devices.setPresence(deviceActor(rolloutDevice(0)), rolloutDevice(0), { connected: true });
  await fleet.pass(240_000, 10_000);
  expect(await fleet.status()).toMatchObject({ failed: 0, pending: 2 });
  await fleet.pass(80_000, 10_000);
  expect(await fleet.status()).toMatchObject({ failed: 1, pending: 1 });
  expect((await fleet.view()).failures).toMatchObject([{ error: 'no answer for 10m', sample: [rolloutDevice(0)] }]);
});

test('the time of an answer that is owed begins when the document is sent, not before and not after', async () => {
  const fleet = await RolloutWorld.start(1);
  const { registry } = fleet.world;
  await registry.configurations.put(OPERATOR, 'own', {
    targetCondition: '*',
    desiredProperties: { speed: 1 },
    enforce: true,
  });
  await registry.devices.setPresence(deviceActor(rolloutDevice(0)), rolloutDevice(0), { connected: true });
  await fleet.put({ timeout: '10m' });
  await fleet.pass(3_600_000, 60_000);
  expect(await fleet.status()).toMatchObject({ overridden: 1, failed: 0 });
  await registry.configurations.remove(OPERATOR, 'own');
  await fleet.settle();
  await fleet.pass(590_000, 10_000);
  expect(await fleet.status()).toMatchObject({ failed: 0, pending: 1 });
  await fleet.pass(20_000);
  expect(await fleet.status()).toMatchObject({ failed: 1, pending: 0 });
});

test.each(['applied', 'failed'] as const)(
  'a device whose document stays the same takes what it has said of it as its result: %s',
  async (status) => {
    const fleet = await RolloutWorld.start(10, async (registry) => {
      for (let n = 0; n < 10; n += 1)
        await registry.devices.patch(OPERATOR, rolloutDevice(n), { desired: { speed: 20 } });
    });
    await fleet.settle();
    await fleet.answer(() => ({ status }));
    const versions = await versionsOf(fleet);
    await fleet.put(
      { phases: [{ percent: 50, wait: '1m' }, { percent: 100 }], abort: { failedPercent: 10 } },
      { speed: 20 },
      { enforce: true },
    );
    expect(await fleet.status()).toMatchObject({ admitted: 5, pending: 0, [status]: 5 });
    expect(await fleet.view()).toMatchObject({ state: status === 'failed' ? 'aborted' : 'running' });
    expect(await versionsOf(fleet)).toEqual(versions);
    expect(fleet.repaired).toBe(0);
  },
);

async function versionsOf(fleet: RolloutWorld): Promise<number[]> {
  const versions: number[] = [];
  for await (const { desiredVersion } of fleet.world.registry.devices.all()) versions.push(desiredVersion);
  return versions;
}

test('paused nobody is admitted, and promoted everybody is', async () => {
  const fleet = await RolloutWorld.start(10);
  await fleet.put({ phases: [{ percent: 20, wait: '1m' }, { percent: 100 }] });
  await fleet.act('pause');
  await fleet.pass(600_000, 60_000);
  expect(await fleet.having(20)).toHaveLength(2);
  await fleet.act('resume');
  await fleet.act('promote');
  expect(await fleet.having(20)).toHaveLength(10);
  expect(await fleet.view()).toMatchObject({
    ...{ state: 'complete', reason: { code: 'promoted-by-hand' } },
    phases: [
      { target: 2, admitted: 2 },
      { target: 10, admitted: 0 },
    ],
  });
});

test('a rollback brings back what was, and a second one what was fled', async () => {
  const fleet = await RolloutWorld.start(8);
  await fleet.put(undefined, { speed: 10 });
  await fleet.put({}, { speed: 20 });
  expect(await fleet.having(20)).toHaveLength(8);
  await fleet.act('rollback');
  expect(await fleet.having(10)).toHaveLength(8);
  await fleet.act('rollback', 2);
  expect(await fleet.having(20)).toHaveLength(8);
});

test('disabled everything leaves, enabled it is as before', async () => {
  const fleet = await RolloutWorld.start(10);
  const rollout = { phases: [{ percent: 30, wait: '1h' }, { percent: 100 }] };
  await fleet.put(undefined, { speed: 10 });
  await fleet.put(rollout, { speed: 20 });
  const before = await fleet.having(20);
  await fleet.put(rollout, { speed: 20 }, { enabled: false });
  expect(await fleet.having(undefined)).toHaveLength(10);
  expect(await fleet.view()).toMatchObject({ state: 'paused' });
  await fleet.put(rollout, { speed: 20 });
  expect(await fleet.having(20)).toEqual(before);
  expect(await fleet.having(10)).toHaveLength(7);
});

test('those who join later are paced too, and at once when it is complete', async () => {
  const fleet = await RolloutWorld.start(10);
  await fleet.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] });
  for (let n = 10; n < 20; n += 1)
    await fleet.world.registry.devices.register(OPERATOR, rolloutDevice(n), { auth: AUTH, tags: { ring: 0 } });
  await fleet.settle();
  expect(await fleet.having(20)).toHaveLength(10);
  await fleet.pass(3_660_000, 60_000);
  expect(await fleet.having(20)).toHaveLength(20);
  await fleet.world.registry.devices.register(OPERATOR, 'late', { auth: AUTH });
  await fleet.world.reconciler.idle();
  expect(await fleet.having(20)).toHaveLength(21);
});

test('a rate bounds how many are admitted in a minute', async () => {
  const fleet = await RolloutWorld.start(100);
  await fleet.put({ ratePerMinute: 30 });
  await fleet.pass(60_000);
  expect((await fleet.having(20)).length).toBeGreaterThan(25);
  expect((await fleet.having(20)).length).toBeLessThanOrEqual(30);
  await fleet.pass(180_000);
  expect(await fleet.having(20)).toHaveLength(100);
});

test('a window in the time zone of each device lets in those whose night it is', async () => {
  const fleet = await RolloutWorld.start(0, async (registry) => {
    const zones = { tokyo: 'Asia/Tokyo', prague: 'Europe/Prague', nowhere: 'Nowhere/Land' };
    for (const [id, timezone] of Object.entries(zones))
      await registry.devices.register(OPERATOR, id, { auth: AUTH, tags: { timezone } });
  });
  fleet.world.clock.set(Date.UTC(2030, 0, 1, 12));
  const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '01:00', to: '05:00' };
  await fleet.put({ window: { ...window, timezone: 'device.tags.timezone' } });
  expect(await fleet.having(20)).toEqual([]);
  expect(await fleet.view()).toMatchObject({ waitsFor: { code: 'window' }, nextAt: '2030-01-01T16:00:00.000Z' });
  await fleet.pass(5 * 3_600_000, 60_000);
  expect(await fleet.having(20)).toEqual(['tokyo']);
  await fleet.pass(9 * 3_600_000, 60_000);
  expect(await fleet.having(20)).toEqual(['prague', 'tokyo']);
  expect(await fleet.view()).toMatchObject({ waitsFor: { code: 'timezone' } });
  await fleet.world.registry.devices.patch(OPERATOR, 'nowhere', { tags: { timezone: 'Europe/Prague' } });
  await fleet.settle();
  expect(await fleet.having(20)).toEqual(['nowhere', 'prague', 'tokyo']);
});

test('a restart changes nothing: who is admitted stays so, attempts stay counted, and a wait goes on where it was', async () => {
  const store = new MemoryStore();
  const first = await RolloutWorld.start(20, async () => {}, store);
  await first.put(undefined, { speed: 10 });
  await first.put({ phases: [{ percent: 20, wait: '1h' }, { percent: 100 }], retries: 5 }, { speed: 20 });
  const [failing = '', ...others] = await first.having(20);
  await first.answer((id) => (id === failing ? { status: 'failed', error: 'no' } : { status: 'applied' }));
  await first.pass(1_800_000, 60_000);
  const admitted = (await first.having(20)).concat(failing).toSorted();
  const { admissions } = await first.world.registry.devices.mustRead(failing);
  await first.world.reconciler.stop();

  const second = await RolloutWorld.start(0, async () => {}, store);
  second.world.clock.set(first.world.clock.now());
  await second.settle();
  expect(await second.status()).toMatchObject({ matched: 20, admitted: 4, applied: 3 });
  expect(
    (await second.having(20))
      .concat(failing)
      .filter((id, n, all) => all.indexOf(id) === n)
      .toSorted(),
  ).toEqual([...new Set(admitted)]);
  expect((await second.world.registry.devices.mustRead(failing)).admissions?.[0]?.attempts).toBe(
    admissions?.[0]?.attempts,
  );
  await second.pass(1_500_000, 60_000);
  expect(await second.view()).toMatchObject({ state: 'running', phase: 1 });
  await second.pass(600_000, 60_000);
  expect((await second.having(20)).length).toBeGreaterThanOrEqual(16 + others.length);
  expect(second.repaired).toBe(0);
});

test('who stops to match leaves, and takes up its place again when it comes back', async () => {
  const fleet = await RolloutWorld.start(10);
  const targetCondition = 'device.tags.ring = 0';
  await fleet.put({ phases: [{ percent: 40, wait: '1h' }, { percent: 100 }] }, { speed: 20 }, { targetCondition });
  const [first = '', ...others] = await fleet.having(20);
  expect(others).toHaveLength(1);
  await fleet.world.registry.devices.patch(OPERATOR, first, { tags: { ring: 1 } });
  await fleet.settle();
  expect(await fleet.having(20)).toHaveLength(2);
  expect(await fleet.status()).toMatchObject({ matched: 4, admitted: 2 });
  await fleet.world.registry.devices.patch(OPERATOR, first, { tags: { ring: 0 } });
  await fleet.settle();
  expect(await fleet.status()).toMatchObject({ matched: 5, admitted: 2 });
  await fleet.world.registry.devices.remove(OPERATOR, others[0] ?? '');
  await fleet.settle();
  expect(await fleet.status()).toMatchObject({ matched: 4, admitted: 2 });
  expect(fleet.repaired).toBe(0);
});

test('another generation begins anew, where only the rollout differs it goes on', async () => {
  const fleet = await RolloutWorld.start(20);
  await fleet.put(undefined, { speed: 10 });
  await fleet.put({ phases: [{ percent: 25, wait: '1h' }, { percent: 100 }] }, { speed: 20 });
  const first = await fleet.having(20);
  await fleet.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] }, { speed: 20 });
  expect(await fleet.having(20)).toEqual(expect.arrayContaining(first));
  expect(await fleet.having(20)).toHaveLength(10);
  await fleet.put({ phases: [{ percent: 15, wait: '1h' }, { percent: 100 }] }, { speed: 30 });
  expect(await fleet.having(30)).toHaveLength(3);
  expect(await fleet.having(10)).toHaveLength(17);
  expect(await fleet.view()).toMatchObject({ stable: 1, generation: 4 });
});

test('it is complete only when everybody was admitted, however many they are', async () => {
  const fleet = await RolloutWorld.start(2_000);
  await fleet.put({});
  expect(await fleet.view()).toMatchObject({ state: 'complete', phases: [{ target: 2_000, admitted: 2_000 }] });
  expect(await fleet.status()).toMatchObject({ matched: 2_000, admitted: 2_000, pending: 2_000 });
});

test('who ceases to match while those who match are gathered does not wait', async () => {
  const fleet = await RolloutWorld.start(12_000);
  const { registry } = fleet.world;
  const rollout = { startAt: '2031-01-01T00:00:00Z' };
  const content = { targetCondition: 'device.tags.ring = 0', desiredProperties: { speed: 20 } };
  await registry.configurations.put(OPERATOR, 'c', { ...content, rollout });
  // The last in the order of ids.
  const left = [9_990, 9_992, 9_994, 9_996, 9_998].map(rolloutDevice);
  for (const id of left) {
    await registry.devices.patch(OPERATOR, id, { tags: { ring: 1 } });
    await turns(fleet, 1);
  }
  await fleet.settle();
  expect(await fleet.status()).toMatchObject({ matched: 6_000 - left.length, admitted: 0 });
});

test('when other clocks decide while those who match are gathered, nobody is admitted by the old ones', async () => {
  const fleet = await RolloutWorld.start(0, async (registry) => {
    const tags = { timezone: 'Europe/Prague' };
    for (let n = 0; n < 3_000; n += 1)
      await registry.devices.register(OPERATOR, rolloutDevice(n), { auth: AUTH, tags });
  });
  fleet.world.clock.set(Date.UTC(2030, 0, 1, 17));
  const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '01:00', to: '05:00' };
  const put = (rollout: JsonObject) =>
    fleet.world.registry.configurations.put(OPERATOR, 'c', {
      targetCondition: '*',
      desiredProperties: { speed: 20 },
      rollout,
    });
  await put({ startAt: '2030-01-02T00:00:00Z' });
  await turns(fleet, 2);
  await put({ window: { ...window, timezone: 'device.tags.timezone' } });
  await turns(fleet, 40);
  await fleet.settle();
  expect(await fleet.having(20)).toEqual([]);
  await fleet.pass(8 * 3_600_000, 3_600_000);
  expect(await fleet.having(20)).toHaveLength(3_000);
});

/** Slices of work, while time passes. */
async function turns({ world }: RolloutWorld, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    world.clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
