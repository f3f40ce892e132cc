import {
  type Committed,
  type Decision,
  type DeviceEntry,
  deviceActor,
  type Entries,
  type EntryKind,
  isLive,
} from '@muster/registry';
import { OPERATOR, onDeviceCommit } from '@muster/registry/testing';
import { type JsonObject, TwinError } from '@muster/twin';
import { expect, onTestFinished, test } from 'vitest';
import { FailingStore, startWorld, turns, type World } from '../testing/index.js';

const auth = { type: 'secret', secret: 'sixteen characters' };
const halves = { phases: [{ percent: 50, wait: '1m' }, { percent: 100 }] };

/** May refuse to write devices alone. */
class RefusingStore extends FailingStore {
  isRefusingDevices = false;

  override async update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Promise<Committed<Result>> {
    if (this.isRefusingDevices && kind === 'device') throw new TwinError('unavailable', 'no device is written');
    return super.update(kind, id, decide);
  }
}

class Story {
  readonly world: World;
  readonly store: RefusingStore;

  static async begin(devices: readonly string[]): Promise<Story> {
    const store = new RefusingStore();
    const world = await startWorld(async (registry) => {
      for (const id of devices) await registry.devices.register(OPERATOR, id, { auth });
    }, store);
    onTestFinished(() => world.reconciler.stop());
    return new Story(world, store);
  }

  constructor(world: World, store: RefusingStore) {
    this.world = world;
    this.store = store;
  }

  async put(rollout: JsonObject | undefined, more: JsonObject = {}): Promise<void> {
    const body = { targetCondition: '*', desiredProperties: { speed: 20 }, ...(rollout ? { rollout } : {}), ...more };
    await this.world.registry.configurations.put(OPERATOR, 'c', body);
    await this.pass(2_000);
  }

  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.world.clock.advance(stepMs);
      if (this.store.failing.size > 0) await turns(20);
      else await this.world.reconciler.idle();
    }
  }

  async idsHaving(speed: number): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id, desired } of this.world.registry.devices.all()) if (desired.speed === speed) ids.push(id);
    return ids;
  }

  async having(speed: number): Promise<number> {
    return (await this.idsHaving(speed)).length;
  }

  async fail(id: string): Promise<void> {
    const { desiredVersion: version } = await this.world.registry.devices.mustRead(id);
    await this.world.registry.devices.report(deviceActor(id), id, { acknowledgement: { version, status: 'failed' } });
    await this.pass(2_000);
  }

  record() {
    return this.world.registry.configurations.mustRead('c');
  }

  async status() {
    return this.world.reconciler.status('c', await this.record());
  }
}

test('what could not be stored is decided anew: a phase opens, and too many failures abort, as soon as the store works', async () => {
  const story = await Story.begin(['a', 'b', 'd', 'e']);
  await story.put({ ...halves, abort: { failedPercent: 60, minimum: 3 } });
  await story.pass(3_000);
  story.store.failing.add('update');
  await story.pass(90_000);
  expect([await story.having(20), (await story.record()).progress?.phase]).toEqual([2, 0]);
  story.store.failing.clear();
  await story.pass(5_000);
  expect([await story.having(20), (await story.record()).progress?.state]).toEqual([4, 'complete']);

  await story.put(
    { phases: [{ percent: 75, wait: '1h' }, { percent: 100 }], abort: { failedPercent: 50, minimum: 2 } },
    {
      desiredProperties: { speed: 30 },
    },
  );
  for (const id of (await story.idsHaving(30)).slice(0, 2)) {
    const { desiredVersion: version } = await story.world.registry.devices.mustRead(id);
    await story.world.registry.devices.report(deviceActor(id), id, { acknowledgement: { version, status: 'failed' } });
  }
  await story.world.reconciler.idle();
  story.store.failing.add('update');
  await story.pass(10_000);
  story.store.failing.clear();
  await story.pass(5_000);
  expect((await story.record()).progress?.state).toBe('aborted');
});

test('who was looked at while the configuration was disabled waits again when it is enabled', async () => {
  const story = await Story.begin(['a', 'b']);
  await story.put(halves, { enabled: false });
  for (const id of ['a', 'b']) await story.world.registry.devices.patch(OPERATOR, id, { tags: { seen: true } });
  await story.pass(2_000);
  await story.put(halves);
  expect([await story.having(20), (await story.status()).matched]).toEqual([1, 2]);
  await story.pass(70_000);
  expect(await story.having(20)).toBe(2);
});

test('who is removed while waiting is not waited for', async () => {
  const story = await Story.begin(['a', 'b']);
  await story.put({ ...halves, startAt: '2031-01-01T00:00:00Z' });
  await story.world.registry.devices.remove(OPERATOR, 'a');
  await story.pass(2_000);
  expect(await story.status()).toMatchObject({ matched: 1, admitted: 0 });
});

test('a rollout that stands still is not written', async () => {
  const story = await Story.begin(['a', 'b']);
  await story.put(halves);
  await story.pass(15_000);
  await story.world.registry.configurations.actOnRollout(OPERATOR, 'c', { kind: 'pause' });
  await story.pass(2_000);
  await story.pass(20_000);
  const { progressRevision } = await story.record();
  await story.pass(120_000);
  expect((await story.record()).progressRevision).toBe(progressRevision);
});

test('a completion of which no change told is heard of with the next look at everything', async () => {
  const story = await Story.begin(['a', 'b']);
  await story.put(halves);
  await story.pass(10_000);
  story.store.failing.add('changes');
  await story.pass(70_000);
  expect((await story.record()).progress?.state).toBe('complete');
  await story.store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  story.store.failing.clear();
  await story.pass(10_000);
  await story.world.registry.devices.register(OPERATOR, 'late', { auth });
  await story.pass(2_000);
  expect([await story.having(20), story.world.reconciler.counters.repaired]).toEqual([3, 0]);
});

test('a rate counts from when devices are let in, however long that takes', async () => {
  const story = await Story.begin(['a', 'b', 'd']);
  const admittedAt: number[] = [];
  onDeviceCommit(story.world.registry, (before, after) => {
    if (admissionsOf(after) > admissionsOf(before)) admittedAt.push(story.world.clock.elapsed());
  });
  await story.put({ ratePerMinute: 1 });
  await story.pass(56_000);
  story.store.isRefusingDevices = true;
  await story.pass(30_000);
  story.store.isRefusingDevices = false;
  await story.pass(270_000);
  const [first = 0, second = 0, third = 0] = admittedAt;
  expect([second - first > 60_000, third - second > 60_000]).toEqual([true, true]);
});

test('who fell back to what is overridden is counted once', async () => {
  const story = await Story.begin(['a']);
  await story.world.registry.devices.patch(OPERATOR, 'a', { desired: { speed: 1 } });
  await story.put(undefined, { desiredProperties: { speed: 10 } });
  await story.put({}, { desiredProperties: { speed: 20, gear: 2 } });
  await story.fail('a');
  expect(await story.status()).toMatchObject({ matched: 1, overridden: 1, winning: 0, failed: 0, pending: 0 });
});

test('who rests with nothing of the configuration is pending, and offline where it is', async () => {
  const story = await Story.begin(['a']);
  await story.put({ retries: 1 });
  await story.fail('a');
  expect(await story.having(20)).toBe(0);
  expect(await story.status()).toMatchObject({ matched: 1, failed: 0, pending: 1, offline: 1 });
});

test.each([
  { what: 'keeps what failed once the rollout says so', rollout: { onFailure: 'keep' }, retries: 0, action: undefined },
  { what: 'is tried again once its rollout goes on', rollout: {}, retries: 1, action: 'resume' as const },
])('who failed $what', async ({ rollout, retries, action }) => {
  const story = await Story.begin(['a', 'b']);
  await story.put({ ...halves, phases: [{ percent: 50, wait: '1h' }, { percent: 100 }], retries });
  const [admitted = ''] = await story.idsHaving(20);
  await story.fail(admitted);
  if (action) await story.world.registry.configurations.actOnRollout(OPERATOR, 'c', { kind: 'pause' });
  await story.pass(20_000);
  expect(await story.having(20)).toBe(0);
  if (action) await story.world.registry.configurations.actOnRollout(OPERATOR, 'c', { kind: action });
  else await story.put({ phases: [{ percent: 50, wait: '1h' }, { percent: 100 }], retries, ...rollout });
  await story.pass(3_000);
  expect(await story.idsHaving(20)).toEqual([admitted]);
});

function admissionsOf(entry: DeviceEntry | undefined): number {
  return isLive(entry) ? (entry.admissions?.length ?? 0) : 0;
}

test('a disabled rollout says what it waits for right after a start', async () => {
  const first = await Story.begin(['a', 'b']);
  await first.put(halves);
  await first.put(halves, { enabled: false });
  const waitsFor = async ({ reconciler }: Pick<World, 'reconciler'>) =>
    (await reconciler.rolloutStatus(await first.record()))?.waitsFor;
  expect(await waitsFor(first.world)).toMatchObject({ code: 'paused' });
  await first.world.reconciler.stop();
  const second = await startWorld(undefined, first.store);
  onTestFinished(() => second.reconciler.stop());
  await second.reconciler.idle();
  second.clock.advance(20);
  await second.reconciler.idle();
  expect(await waitsFor(second)).toMatchObject({ code: 'paused' });
});
