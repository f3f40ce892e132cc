import { FakeClock } from '@muster/registry/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../testing/open-edge.js';
import { levelPersistence, newFolder, PERSISTENCES } from '../testing/persistences.js';
import { RawPeer } from '../testing/raw-peer.js';
import { memoryPersistence as memory } from './sessions/memory-persistence.js';
import type { AedesPersistence, StoredPacket, StoredRelease } from './sessions/persistence-port.js';

const fixtures: EdgeFixture[] = [];
afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.close();
});

const open = async (...overrides: Parameters<typeof openEdge>): Promise<EdgeFixture> => {
  const fixture = await openEdge(...overrides);
  fixtures.push(fixture);
  return fixture;
};
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const bytes = (text: string): Buffer => Buffer.from(text);

async function absent(fixture: EdgeFixture, id: string, ...filters: [string, number][]): Promise<void> {
  const peer = await RawPeer.ready(fixture.port, id, { clean: false });
  peer.subscribe(1, ...filters);
  await peer.next(9);
  peer.disconnect();
  await expect.poll(() => fixture.clients.get(id)).toBeUndefined();
}

async function connack(port: number, id: string, clean: boolean): Promise<[RawPeer, number]> {
  const peer = await RawPeer.open(port);
  peer.connect(id, { clean });
  return [peer, (await peer.next(2)).body[0] ?? -1];
}

describe.each(PERSISTENCES)('sessions in %s', (_, makeStore) => {
  test('the queue of an absent client is capped, and dropped messages are counted', async () => {
    const fixture = await open({ persistence: makeStore(), limits: { offlineQueueMessagesMax: 100 } });
    await absent(fixture, 'a', ['x', 1]);
    for (const index of range(1000)) {
      await fixture.edge.publish({ topic: 'x', payload: bytes(`${index}`), qos: 1 });
    }
    expect(fixture.edge.counters.queuedMessagesDropped).toBe(900);
    const peer = await RawPeer.ready(fixture.port, 'a', { clean: false });
    for (const index of range(100)) {
      const { id, payload, flags } = await peer.next(3);
      expect([payload, flags]).toEqual([`${index}`, 2]);
      peer.acknowledge(id);
    }
    expect(await peer.settled(3)).toEqual([]);
    await fixture.edge.publish({ topic: 'x', payload: bytes('after'), qos: 1 });
    expect((await peer.next(3)).payload).toBe('after');
  });

  test('a window of stored messages is in flight at a time, acknowledgements move it, and order is kept', async () => {
    const fixture = await open({ persistence: makeStore(), limits: { sessionWindowMessagesMax: 10 } });
    await absent(fixture, 'a', ['x/#', 1]);
    for (const index of range(50)) await fixture.edge.publish({ topic: 'x/y', payload: bytes(`${index}`), qos: 1 });
    const peer = await RawPeer.ready(fixture.port, 'a', { clean: false });
    await peer.until(() => peer.frames.length === 10);
    void fixture.edge.publish({ topic: 'x/y', payload: bytes('50'), qos: 1 });
    expect(await peer.settled(13)).toEqual([]);
    expect(peer.frames).toHaveLength(10);
    for (const index of range(51)) {
      const { id, payload } = await peer.next(3);
      expect(payload).toBe(`${index}`);
      peer.acknowledge(id);
    }
    expect(await peer.settled(3)).toEqual([]);
  });

  test('[MQTT-3.3.1-1] a message that was sent before comes again with its id and DUP, a new one without', async () => {
    const fixture = await open({ persistence: makeStore() });
    const before = await RawPeer.ready(fixture.port, 'a', { clean: false });
    before.subscribe(1, ['x', 1]);
    await before.next(9);
    await fixture.edge.publish({ topic: 'x', payload: bytes('sent'), qos: 1 });
    const sent = await before.next(3);
    before.destroy();
    await expect.poll(() => fixture.clients.get('a')).toBeUndefined();
    await fixture.edge.publish({ topic: 'x', payload: bytes('queued'), qos: 1 });
    const after = await RawPeer.ready(fixture.port, 'a', { clean: false });
    const [again, fresh] = [await after.next(3), await after.next(3)];
    expect([again.payload, again.flags, again.id]).toEqual(['sent', 0x0a, sent.id]);
    expect([fresh.payload, fresh.flags]).toEqual(['queued', 2]);
    expect(fresh.id).not.toBe(sent.id);
  });

  test('an interrupted QoS 2 exchange continues with PUBREL', async () => {
    const fixture = await open({ persistence: makeStore() });
    const before = await RawPeer.ready(fixture.port, 'a', { clean: false });
    before.subscribe(1, ['x', 2]);
    await before.next(9);
    before.publish('x', 'two', 2, 1);
    const { id } = await before.next(3);
    before.acknowledge(id, 0x50);
    await before.next(6);
    before.destroy();
    const after = await RawPeer.ready(fixture.port, 'a', { clean: false });
    expect((await after.next(6)).id).toBe(id);
    after.acknowledge(id, 0x70);
    expect(await after.settled(3)).toEqual([]);
    after.destroy();
    const done = await RawPeer.ready(fixture.port, 'a', { clean: false });
    expect(await done.settled(6)).toEqual([]);
  });

  test('[MQTT-3.2.2-2] session present is right, also for a session without subscriptions', async () => {
    const { port } = await open({ persistence: makeStore() });
    const visit = async (clean: boolean): Promise<number> => {
      const [peer, present] = await connack(port, 'a', clean);
      await peer.settled(13);
      peer.disconnect();
      await peer.closed();
      return present;
    };
    expect([await visit(false), await visit(false), await visit(true), await visit(false)]).toEqual([0, 1, 0, 0]);
  });

  test('a clean session deletes the old one and its queue', async () => {
    const fixture = await open({ persistence: makeStore() });
    await absent(fixture, 'a', ['x', 1]);
    for (const index of range(5)) await fixture.edge.publish({ topic: 'x', payload: bytes(`${index}`), qos: 1 });
    const [clean] = await connack(fixture.port, 'a', true);
    expect(await clean.settled(3)).toEqual([]);
    clean.destroy();
    const [again, present] = await connack(fixture.port, 'a', false);
    expect(present).toBe(0);
    expect(await again.settled(3)).toEqual([]);
  });

  test('an expired session is swept, a connected one is not', async () => {
    const clock = new FakeClock();
    const fixture = await open({ persistence: makeStore(), clock, limits: { sessionExpiryMs: 1000 } });
    await absent(fixture, 'gone', ['x', 1]);
    await RawPeer.ready(fixture.port, 'here', { clean: false });
    await fixture.edge.publish({ topic: 'x', payload: bytes('queued'), qos: 1 });
    clock.advance(999);
    expect(await fixture.edge.sweepSessions()).toBe(0);
    clock.advance(1);
    expect(await fixture.edge.sweepSessions()).toBe(1);
    expect(fixture.edge.counters.sessionsExpired).toBe(1);
    const [peer, present] = await connack(fixture.port, 'gone', false);
    expect(present).toBe(0);
    expect(await peer.settled(3)).toEqual([]);
    expect((await connack(fixture.port, 'here', false))[1]).toBe(1);
  });

  test('overlapping filters and empty levels queue one copy each', async () => {
    const fixture = await open({ persistence: makeStore() });
    await absent(fixture, 'a', ['x/#', 1], ['x/+', 1], ['x/y', 0], ['+/', 1]);
    for (const topic of ['x/y', 'x/', 'z/']) await fixture.edge.publish({ topic, payload: bytes(topic), qos: 1 });
    const peer = await RawPeer.ready(fixture.port, 'a', { clean: false });
    const got = [await peer.next(3), await peer.next(3), await peer.next(3)].map(({ topic }) => topic);
    expect(got).toEqual(['x/y', 'x/', 'z/']);
    expect(await peer.settled(3)).toEqual([]);
  });

  test('a resumed session shows its direct subscription without a SUBSCRIBE', async () => {
    const fixture = await open({ persistence: makeStore() });
    await absent(fixture, 'a', ['$twin/desired', 1]);
    await fixture.edge.publish({ topic: '$twin/desired', payload: bytes('never queued'), qos: 1 });
    let seen: number | undefined;
    fixture.events.push = (event: string) => {
      if (event === 'connected a') seen = fixture.clients.get('a')?.subscription('$twin/desired');
      return 0;
    };
    const peer = await RawPeer.ready(fixture.port, 'a', { clean: false });
    expect(seen).toBe(1);
    expect(await peer.settled(3)).toEqual([]);
  });
});

test('a message acknowledged while a pass still reads the store is not sent again', async () => {
  const inner = memory();
  let [snapshots, gate] = [0, Promise.resolve()];
  const store: AedesPersistence = Object.assign(Object.create(inner), {
    async *outgoingStream(client: { id: string }) {
      const snapshot: (StoredPacket | StoredRelease)[] = [];
      for await (const stored of inner.outgoingStream(client)) snapshot.push({ ...stored });
      snapshots++;
      await gate;
      yield* snapshot;
    },
  });
  const fixture = await open({ persistence: store, limits: { sessionWindowMessagesMax: 3 } });
  await absent(fixture, 'a', ['x', 1]);
  for (const index of range(6)) await fixture.edge.publish({ topic: 'x', payload: bytes(`${index}`), qos: 1 });
  const peer = await RawPeer.ready(fixture.port, 'a', { clean: false });
  const sent = [await peer.next(3), await peer.next(3), await peer.next(3)];
  expect(await peer.settled(3)).toEqual([]);

  let openGate = () => {};
  gate = new Promise((resolve) => {
    openGate = resolve;
  });
  const before = snapshots;
  peer.acknowledge(sent[0]?.id ?? 0);
  await expect.poll(() => snapshots).toBe(before + 1);
  for (const { id } of sent) peer.acknowledge(id);
  expect(await peer.settled(3)).toEqual([]);
  openGate();
  const rest = [await peer.next(3), await peer.next(3), await peer.next(3)];
  expect(rest.map(({ payload, flags }) => [payload, flags])).toEqual([3, 4, 5].map((index) => [`${index}`, 2]));
  expect(await peer.settled(3)).toEqual([]);
});

test('a restart on the same folder keeps sessions, subscriptions, queues in order, retained messages and QoS 2 ids', async () => {
  const folder = newFolder();
  const first = levelPersistence(folder);
  const before = await open({ persistence: first });
  await absent(before, 'a', ['x/#', 1], ['$twin/desired', 1]);
  const publisher = await RawPeer.ready(before.port, 'p', { clean: false });
  publisher.publish('x/q2', 'two', 2, 77);
  await publisher.next(5);
  for (const index of range(3)) await before.edge.publish({ topic: 'x/y', payload: bytes(`${index}`), qos: 1 });
  await before.edge.publish({ topic: 'r', payload: bytes('kept'), qos: 1, retain: true });
  await before.close();
  await first.destroy();

  const after = await open({ persistence: levelPersistence(folder) });
  expect(after.edge.retained('#')).toHaveLength(1);
  await after.edge.publish({ topic: 'x/y', payload: bytes('3'), qos: 1 });
  const again = await RawPeer.ready(after.port, 'p', { clean: false });
  again.publish('x/q2', 'two', 2, 77, 8);
  await again.next(5);
  const [peer, present] = await connack(after.port, 'a', false);
  expect(present).toBe(1);
  const queued = [];
  for (const _ of range(5)) queued.push((await peer.next(3)).payload);
  expect(queued).toEqual(['two', '0', '1', '2', '3']);
  expect(await peer.settled(3)).toEqual([]);
  expect(after.clients.get('a')?.subscription('$twin/desired')).toBe(1);
});

test('the expiry of a session that was connected when the process died starts with the restart', async () => {
  const store = memory();
  const clock = new FakeClock();
  const before = await open({ persistence: store, clock });
  await RawPeer.ready(before.port, 'a', { clean: false });
  clock.advance(10_000);
  const after = await open({ persistence: store, clock, limits: { sessionExpiryMs: 5000 } });
  expect(await after.edge.sweepSessions()).toBe(0);
  clock.advance(5000);
  expect(await after.edge.sweepSessions()).toBe(1);
});
