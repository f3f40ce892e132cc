import { FakeClock } from '@muster/registry/testing';
import { LIMITS } from '@muster/twin';
import { afterEach, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../../testing/open-edge.js';
import { RawPeer } from '../../testing/raw-peer.js';
import type { PublishOutcome } from '../edge-hooks.js';

/** Counts its timers for publish hooks: those that were armed, and those that still wait. */
class WatchedClock extends FakeClock {
  armed = 0;
  waiting = 0;

  override after(delayMs: number, work: () => void): () => void {
    if (delayMs !== LIMITS.publishHookTimeoutMs) return super.after(delayMs, work);
    this.armed++;
    this.waiting++;
    let isOver = false;
    const finish = (): void => {
      if (!isOver) this.waiting--;
      isOver = true;
    };
    const cancel = super.after(delayMs, () => {
      finish();
      work();
    });
    return () => {
      finish();
      cancel();
    };
  }
}

interface World {
  fixture: EdgeFixture;
  clock: WatchedClock;
  peer: RawPeer;
  answers: ((outcome: PublishOutcome) => void)[];
  logged: unknown[];
}

let world: World;
afterEach(() => world.fixture.close());

/** Opens an edge whose publish hook answers when the test says so. */
async function open(): Promise<World> {
  const clock = new WatchedClock();
  const answers: World['answers'] = [];
  const logged: unknown[] = [];
  const fixture = await openEdge({
    clock,
    log: (level, message, details) => logged.push({ level, message, clientId: details?.clientId }),
    hooks: { publish: () => new Promise((resolve) => answers.push(resolve)) },
  });
  world = { fixture, clock, peer: await RawPeer.ready(fixture.port, 'a'), answers, logged };
  return world;
}

async function publish({ peer, answers }: World, ...ids: number[]): Promise<void> {
  const before = answers.length;
  for (const id of ids) peer.publish('x', `${id}`, 1, id);
  await expect.poll(() => answers.length).toBe(before + ids.length);
}

test('a hook that never answers ends its connection: nothing is acknowledged, it is logged and counted', async () => {
  const { clock, peer, answers, logged, fixture } = await open();
  await publish(world, 1, 2);
  answers[1]?.('done');
  clock.advance(LIMITS.publishHookTimeoutMs - 1);
  expect(await peer.settled(4)).toEqual([]);
  clock.advance(1);
  await peer.closed();
  expect(peer.frames).toEqual([]);
  expect(fixture.edge.counters).toMatchObject({ hookTimeouts: 1, hookFailures: 0 });
  const reason = 'hook publish timed out';
  expect(logged).toContainEqual({ level: 'error', message: reason, clientId: 'a' });
  await expect.poll(() => fixture.events).toContain(`disconnected a: ${reason}`);
});

test('an answer that comes after the end changes nothing', async () => {
  const { clock, peer, answers, fixture } = await open();
  await publish(world, 1, 2);
  clock.advance(LIMITS.publishHookTimeoutMs);
  for (const answer of answers) answer('forward');
  await peer.closed();
  expect(peer.frames).toEqual([]);
  expect(fixture.edge.counters.publishesForwarded).toBe(0);
});

test('a later hook that never answers is noticed within twice the time', async () => {
  const { clock, peer, answers } = await open();
  await publish(world, 1);
  clock.advance(1);
  await publish(world, 2);
  answers[0]?.('done');
  expect((await peer.next(4)).id).toBe(1);
  clock.advance(2 * LIMITS.publishHookTimeoutMs - 2);
  expect(await peer.settled(4)).toEqual([]);
  clock.advance(1);
  await peer.closed();
});

test('a pipeline whose hooks answer has one timer however many publishes come, and goes on', async () => {
  const { clock, peer, answers } = await open();
  for (let round = 0; round < 5; round++) {
    const ids = Array.from({ length: 50 }, (_, index) => round * 50 + index + 1);
    await publish(world, ...ids);
    for (const answer of answers) answer('done');
    for (const id of ids) expect((await peer.next(4)).id).toBe(id);
  }
  expect([clock.armed, clock.waiting]).toEqual([1, 1]);
  clock.advance(LIMITS.publishHookTimeoutMs);
  expect([clock.armed, clock.waiting]).toEqual([1, 0]);
  await publish(world, 300);
  answers.at(-1)?.('done');
  expect((await peer.next(4)).id).toBe(300);
  expect(clock.armed).toBe(2);
});

test('the timer goes with its connection', async () => {
  const { clock, peer } = await open();
  await publish(world, 1);
  expect(clock.waiting).toBe(1);
  peer.destroy();
  await expect.poll(() => clock.waiting).toBe(0);
});

test('a pipeline that is never empty keeps the order, far beyond the publishes that it holds at once', async () => {
  const { peer, answers } = await open();
  await publish(world, 1);
  for (let id = 2; id <= 2_500; id += 500) {
    const ids = Array.from({ length: 500 }, (_, index) => id + index);
    await publish(world, ...ids);
    for (const answer of answers.slice(0, -1)) answer('done');
    for (const each of ids) expect((await peer.next(4)).id).toBe(each - 1);
  }
});
