import { isLive, type Registry } from '@muster/registry';
import type { ConfigurationCounts, JsonObject, RolloutView } from '@muster/twin';
import { expect, test } from 'vitest';
import { startWorld, type World } from './testing/index.js';

const SECRET = 'sixteen characters';
const auth = { type: 'secret', secret: SECRET };

class Fleet {
  readonly world: World;

  static async start(devices: number, prepare: (registry: Registry) => Promise<unknown> = async () => {}) {
    const world = await startWorld(async (registry) => {
      for (let n = 0; n < devices; n += 1) await registry.register(idOf(n), { auth, tags: { ring: n % 2 } });
      await prepare(registry);
    });
    return new Fleet(world);
  }

  constructor(world: World) {
    this.world = world;
  }

  async put(
    rollout: JsonObject | undefined,
    properties: JsonObject = { speed: 20 },
    more: JsonObject = {},
  ): Promise<void> {
    await this.world.registry.putConfiguration('c', {
      targetCondition: '*',
      desiredProperties: properties,
      ...(rollout ? { rollout } : {}),
      ...more,
    });
    await this.settle();
  }

  async act(kind: 'pause' | 'resume' | 'abort' | 'promote' | 'rollback', generation?: number): Promise<void> {
    await this.world.registry.actOnRollout('c', kind === 'rollback' ? { kind, generation } : { kind });
    await this.settle();
  }

  /** Everything that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await this.world.reconciler.idle();
      this.world.clock.advance(20);
    }
    await this.world.reconciler.idle();
  }

  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.world.clock.advance(stepMs);
      await this.world.reconciler.idle();
    }
    await this.settle();
  }

  /** Ids of those whose document has the speed. */
  async having(speed: number | undefined): Promise<string[]> {
    const ids: string[] = [];
    for await (const record of this.world.registry.devices()) if (record.desired.speed === speed) ids.push(record.id);
    return ids;
  }

  /** Those that have a newer document than they acknowledged say what they think of it. */
  async answer(statusOf: (id: string) => { status: 'applied' } | { status: 'failed'; error?: string } | undefined) {
    for await (const { id, desiredVersion, acknowledged } of this.world.registry.devices()) {
      const answer = desiredVersion > (acknowledged?.version ?? 0) ? statusOf(id) : undefined;
      if (answer) await this.world.registry.report(id, { acknowledgement: { version: desiredVersion, ...answer } });
    }
    await this.settle();
  }

  async status(): Promise<ConfigurationCounts> {
    return this.world.reconciler.status('c', await this.world.registry.mustReadConfiguration('c'));
  }

  async view(): Promise<RolloutView> {
    const view = await this.world.reconciler.rolloutStatus(await this.world.registry.mustReadConfiguration('c'));
    if (!view) throw new Error('there is no rollout');
    return view;
  }

  get repaired(): number | undefined {
    return this.world.reconciler.counters.repaired;
  }
}

const idOf = (n: number): string => `d-${String(n).padStart(3, '0')}`;
const applied = () => ({ status: 'applied' }) as const;
const phases = [{ percent: 10, wait: '1h' }, { percent: 35, wait: '1h' }, { percent: 100 }];

test('phases admit exactly as many as they should, always more of the same', async () => {
  const fleet = await Fleet.start(30);
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
  const fleet = await Fleet.start(20);
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
  const fleet = await Fleet.start(40);
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
  const fleet = await Fleet.start(1);
  await fleet.put(undefined, { speed: 10 });
  await fleet.answer(applied);
  await fleet.put({ retries: 2 }, { speed: 20 });
  const seen: unknown[] = [20];
  fleet.world.registry.observe((_before, after) => {
    if (isLive(after) && seen.at(-1) !== after.desired.speed) seen.push(after.desired.speed);
  });
  for (let minute = 0; minute < 10; minute += 1) {
    const { desired } = await fleet.world.registry.mustReadDevice(idOf(0));
    await fleet.answer(() => (desired.speed === 20 ? { status: 'failed', error: 'too fast' } : { status: 'applied' }));
    await fleet.pass(60_000);
  }
  expect(seen).toEqual([20, 10, 20, 10, 20, 10]);
  expect(await fleet.status()).toMatchObject({ matched: 1, admitted: 1, failed: 1, pending: 0 });
  const { configurations } = await fleet.world.reconciler.explain(idOf(0));
  expect(configurations).toMatchObject([{ generation: 1, applies: true, reason: 'failed' }]);
  expect(fleet.repaired).toBe(0);
});

test('a device that is connected and silent for longer than the timeout has failed; time offline does not count', async () => {
  const fleet = await Fleet.start(2);
  const { registry } = fleet.world;
  await registry.setPresence(idOf(0), { connected: true });
  await fleet.put({ timeout: '10m' });
  await fleet.pass(300_000, 10_000);
  await registry.setPresence(idOf(0), { connected: false });
  await fleet.pass(3_600_000, 60_000);
  expect(await fleet.status()).toMatchObject({ failed: 0, pending: 2 });
  await registry.setPresence(idOf(0), { connected: true });
  await fleet.pass(240_000, 10_000);
  expect(await fleet.status()).toMatchObject({ failed: 0, pending: 2 });
  await fleet.pass(80_000, 10_000);
  expect(await fleet.status()).toMatchObject({ failed: 1, pending: 1 });
  expect((await fleet.view()).failures).toMatchObject([{ error: 'no answer for 10m', sample: [idOf(0)] }]);
});

test('paused nobody is admitted, and promoted everybody is', async () => {
  const fleet = await Fleet.start(10);
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
  const fleet = await Fleet.start(8);
  await fleet.put(undefined, { speed: 10 });
  await fleet.put({}, { speed: 20 });
  expect(await fleet.having(20)).toHaveLength(8);
  await fleet.act('rollback');
  expect(await fleet.having(10)).toHaveLength(8);
  await fleet.act('rollback', 2);
  expect(await fleet.having(20)).toHaveLength(8);
});

test('disabled everything leaves, enabled it is as before', async () => {
  const fleet = await Fleet.start(10);
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
  const fleet = await Fleet.start(10);
  await fleet.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] });
  for (let n = 10; n < 20; n += 1) await fleet.world.registry.register(idOf(n), { auth, tags: { ring: 0 } });
  await fleet.settle();
  expect(await fleet.having(20)).toHaveLength(10);
  await fleet.pass(3_660_000, 60_000);
  expect(await fleet.having(20)).toHaveLength(20);
  await fleet.world.registry.register('late', { auth });
  await fleet.world.reconciler.idle();
  expect(await fleet.having(20)).toHaveLength(21);
});

test('a rate bounds how many are admitted in a minute', async () => {
  const fleet = await Fleet.start(100);
  await fleet.put({ ratePerMinute: 30 });
  await fleet.pass(60_000);
  expect((await fleet.having(20)).length).toBeGreaterThan(25);
  expect((await fleet.having(20)).length).toBeLessThanOrEqual(30);
  await fleet.pass(180_000);
  expect(await fleet.having(20)).toHaveLength(100);
});

test('a window in the time zone of each device lets in those whose night it is', async () => {
  const fleet = await Fleet.start(0, async (registry) => {
    const zones = { tokyo: 'Asia/Tokyo', prague: 'Europe/Prague', nowhere: 'Nowhere/Land' };
    for (const [id, timezone] of Object.entries(zones)) await registry.register(id, { auth, tags: { timezone } });
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
  await fleet.world.registry.patchDevice('nowhere', { tags: { timezone: 'Europe/Prague' } });
  await fleet.settle();
  expect(await fleet.having(20)).toEqual(['nowhere', 'prague', 'tokyo']);
});

test('it is complete only when everybody was admitted, however many they are', async () => {
  const fleet = await Fleet.start(2_000);
  await fleet.put({});
  expect(await fleet.view()).toMatchObject({ state: 'complete', phases: [{ target: 2_000, admitted: 2_000 }] });
  expect(await fleet.status()).toMatchObject({ matched: 2_000, admitted: 2_000, pending: 2_000 });
});

test('when other clocks decide while those who match are gathered, nobody is admitted by the old ones', async () => {
  const auth = { type: 'secret', secret: SECRET };
  const fleet = await Fleet.start(0, async (registry) => {
    const tags = { timezone: 'Europe/Prague' };
    for (let n = 0; n < 3_000; n += 1) await registry.register(idOf(n), { auth, tags });
  });
  fleet.world.clock.set(Date.UTC(2030, 0, 1, 17));
  const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '01:00', to: '05:00' };
  const put = (rollout: JsonObject) =>
    fleet.world.registry.putConfiguration('c', { targetCondition: '*', desiredProperties: { speed: 20 }, rollout });
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
async function turns({ world }: Fleet, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    world.clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
