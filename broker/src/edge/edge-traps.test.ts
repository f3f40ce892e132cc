import { afterEach, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../testing/open-edge.js';
import { RawPeer } from '../testing/raw-peer.js';
import { memoryPersistence as memory } from './sessions/memory-persistence.js';
import type { AedesPersistence } from './sessions/persistence-port.js';

let fixture: EdgeFixture;
const open = async (...overrides: Parameters<typeof openEdge>): Promise<EdgeFixture> => {
  fixture = await openEdge(...overrides);
  return fixture;
};
afterEach(() => fixture.close());

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const subscribed = async (port: number, id: string, filter: string, qos: number, clean = true): Promise<RawPeer> => {
  const peer = await RawPeer.ready(port, id, { clean });
  peer.subscribe(1, [filter, qos]);
  await peer.next(9);
  return peer;
};

/** Returns the store with some members replaced. */
function changed(store: AedesPersistence, changes: Partial<AedesPersistence>): AedesPersistence {
  return Object.assign(store, changes);
}

test('no message is lost when QoS 0 overtakes QoS 1', async () => {
  const store = memory();
  const enqueue = store.outgoingEnqueueCombi.bind(store);
  const slow = changed(store, {
    outgoingEnqueueCombi: async (...one) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return enqueue(...one);
    },
  });
  const { port, edge } = await open({ persistence: slow });
  const absent = await subscribed(port, 'absent', 'x', 1, false);
  absent.destroy();
  const peer = await subscribed(port, 'a', 'x', 1);
  const sends = range(200).flatMap((index) => [
    edge.publish({ topic: 'x', payload: Buffer.from(`one ${index}`), qos: 1 }),
    edge.publish({ topic: 'x', payload: Buffer.from(`zero ${index}`), qos: 0 }),
  ]);
  await Promise.all(sends);
  const got = (await peer.settled(3)).map((one) => one.payload);
  expect(got.filter((payload) => payload.startsWith('one'))).toHaveLength(200);
  expect(got.filter((payload) => payload.startsWith('zero'))).toHaveLength(200);
});

test('raw sends and fan-out to one client all arrive', async () => {
  const { port, edge, clients } = await open();
  const peer = await subscribed(port, 'a', 'x', 1);
  for (const index of range(200)) {
    void edge.publish({ topic: 'x', payload: Buffer.from(`fan ${index}`), qos: 1 });
    clients.get('a')?.send('$twin/desired', Buffer.from(`raw ${index}`), 1, () => {});
  }
  await peer.until(() => peer.frames.length === 400);
  expect(new Set(peer.frames.map((one) => one.id)).size).toBe(400);
});

test('overlapping filters deliver one copy, at the highest QoS granted', async () => {
  const { port, edge } = await open();
  const peer = await RawPeer.ready(port, 'a');
  peer.subscribe(1, ['a/#', 0], ['a/b', 1], ['#', 2], ['+/b', 0]);
  await peer.next(9);
  await edge.publish({ topic: 'a/b', payload: Buffer.from('x'), qos: 1 });
  expect((await peer.settled(3)).map(({ flags }) => flags)).toEqual([2]);
});

test('a subscriber that does not read delays no other, and is disconnected', async () => {
  const { port, edge, clients } = await open();
  const frozen = await subscribed(port, 'frozen', 'big/#', 1);
  const frozenAtQosZero = await subscribed(port, 'frozen-zero', 'big/#', 0);
  frozen.socket.pause();
  frozenAtQosZero.socket.pause();
  const other = await subscribed(port, 'other', 'other/#', 1);
  const payload = Buffer.alloc(64 * 1024);
  const sends = range(400).map(() => edge.publish({ topic: 'big/x', payload, qos: 1 }));
  await edge.publish({ topic: 'other/x', payload: Buffer.from('x'), qos: 1 });
  expect((await other.next(3)).payload).toBe('x');
  await Promise.all(sends);
  await expect.poll(() => clients.get('frozen')).toBeUndefined();
  expect(clients.get('frozen-zero')?.isOpen).toBe(true);
  expect(edge.counters.slowConsumersClosed).toBe(1);
  expect(edge.counters.slowMessagesDropped).toBeGreaterThan(100);
});

test('nothing is published about connections and subscriptions', async () => {
  const { port, edge } = await open();
  const before = edge.counters.publishesForwarded;
  for (const _ of range(5)) {
    const peer = await subscribed(port, 'a', 'x/#', 1);
    peer.unsubscribe(2, 'x/#');
    await peer.next(11);
    peer.disconnect();
    await peer.closed();
  }
  expect(edge.counters.publishesForwarded).toBe(before);
});

test('a client cannot publish below $SYS', async () => {
  const { port, edge } = await open();
  const peer = await RawPeer.ready(port, 'a');
  peer.publish('$SYS/x', 'x', 1, 1);
  await peer.next(4);
  expect(edge.counters.publishesForwarded).toBe(0);
});

test.each(['outgoingEnqueueCombi', 'storeRetained'] as const)(
  'a store whose %s rejects once: the publisher is disconnected without PUBACK, and the failure is counted',
  async (name) => {
    let failures = 1;
    const store = memory();
    const works = (store[name] as (...all: unknown[]) => Promise<void>).bind(store);
    const fails = async (...all: unknown[]): Promise<void> => {
      if (failures-- > 0) throw new Error('disk full');
      return works(...all);
    };
    const { port, edge, clients } = await open({ persistence: changed(store, { [name]: fails }) });
    (await subscribed(port, 'absent', 'x', 1, false)).destroy();
    await expect.poll(() => clients.size).toBe(0);
    const publisher = await RawPeer.ready(port, 'p');
    publisher.publish('x', 'lost', 1, 1, 1);
    await publisher.closed();
    expect(publisher.frames).toEqual([]);
    expect(edge.counters.storeFailures).toBe(1);
    const again = await RawPeer.ready(port, 'p');
    again.publish('x', 'kept', 1, 1, 9);
    expect((await again.next(4)).id).toBe(1);
    const absent = await RawPeer.ready(port, 'absent', { clean: false });
    expect((await absent.next(3)).payload).toBe('kept');
  },
);

test('a publish of the server rejects if the store fails', async () => {
  const store = changed(memory(), { outgoingEnqueueCombi: () => Promise.reject(new Error('disk full')) });
  const { port, edge } = await open({ persistence: store });
  (await subscribed(port, 'absent', 'x', 1, false)).destroy();
  await expect(edge.publish({ topic: 'x', payload: Buffer.from('x'), qos: 1 })).rejects.toThrow('disk full');
});

test.each(['subscriptionsByClient', 'addSubscriptions', 'outgoingStream'] as const)(
  'a session store whose %s fails ends that connection, not the process',
  async (name) => {
    const fail = (): never => {
      throw new Error('disk full');
    };
    const { port, clients } = await open({ persistence: changed(memory(), { [name]: fail }) });
    const peer = await RawPeer.open(port);
    peer.connect('a', { clean: false });
    peer.subscribe(1, ['x', 1]);
    await peer.closed();
    await expect.poll(() => clients.size).toBe(0);
    const clean = await RawPeer.ready(port, 'b');
    expect(await clean.settled(3)).toEqual([]);
  },
);

test('no message is queued for a refused filter, even in a persistent session', async () => {
  const { port, edge, clients } = await open({ hooks: { maySubscribe: (_, filter) => !filter.startsWith('secret') } });
  const peer = await RawPeer.ready(port, 'a', { clean: false });
  peer.subscribe(1, ['ok/#', 1], ['secret/#', 1]);
  expect([...(await peer.next(9)).body]).toEqual([0, 1, 1, 0x80]);
  peer.disconnect();
  await peer.closed();
  await expect.poll(() => clients.size).toBe(0);
  for (const topic of ['secret/x', 'ok/x']) await edge.publish({ topic, payload: Buffer.from(topic), qos: 1 });
  const again = await RawPeer.ready(port, 'a', { clean: false });
  expect((await again.next(3)).topic).toBe('ok/x');
  expect(await again.settled(3)).toEqual([]);
});

test('rights that were lost during an absence apply to queued messages and to the subscription', async () => {
  let allowed = true;
  const { port, edge, clients } = await open({ hooks: { maySubscribe: () => allowed, mayReceive: () => allowed } });
  (await subscribed(port, 'a', 'x', 1, false)).destroy();
  await expect.poll(() => clients.size).toBe(0);
  await edge.publish({ topic: 'x', payload: Buffer.from('queued'), qos: 1 });
  allowed = false;
  const refused = await RawPeer.ready(port, 'a', { clean: false });
  expect(clients.get('a')?.subscription('x')).toBeUndefined();
  expect(await refused.settled(3)).toEqual([]);
  refused.destroy();
  await expect.poll(() => clients.size).toBe(0);
  allowed = true;
  const allowedAgain = await RawPeer.ready(port, 'a', { clean: false });
  await edge.publish({ topic: 'x', payload: Buffer.from('later'), qos: 1 });
  expect(await allowedAgain.settled(3)).toEqual([]);
});

test('a forbidden message is not delivered, live or retained, even if a wildcard matches', async () => {
  const { port, edge } = await open({ hooks: { mayReceive: (_, topic) => topic !== 'secret' } });
  for (const topic of ['secret', 'open']) {
    await edge.publish({ topic, payload: Buffer.from('retained'), qos: 1, retain: true });
  }
  const peer = await subscribed(port, 'a', '#', 1);
  for (const topic of ['secret', 'open']) await edge.publish({ topic, payload: Buffer.from('live'), qos: 1 });
  expect((await peer.settled(3)).map((one) => `${one.topic} ${one.payload}`)).toEqual(['open retained', 'open live']);
});

test('[MQTT-3.8.4-6] delivery is at the lower of both QoS, for exact and wildcard filters, live and retained', async () => {
  const { port } = await open();
  const publisher = await RawPeer.ready(port, 'p');
  for (const retain of [0, 1]) {
    const peers = await Promise.all(
      [0, 1, 2].flatMap((qos) => [
        subscribed(port, `exact-${qos}`, 't', qos),
        subscribed(port, `wild-${qos}`, '+', qos),
      ]),
    );
    for (const qos of [0, 1, 2]) {
      if (retain === 1) continue;
      publisher.publish('t', `${qos}`, qos, 10 + qos);
      if (qos > 0) await publisher.next(qos === 1 ? 4 : 5);
      for (const [index, peer] of peers.entries()) {
        expect((await peer.next(3)).flags >> 1).toBe(Math.min(qos, Math.floor(index / 2)));
      }
    }
    if (retain === 0) continue;
    publisher.publish('t', 'retained', 2, 9, 1);
    await publisher.next(5);
    for (const peer of peers) await peer.next(3);
    for (const [index, peer] of peers.entries()) {
      peer.subscribe(2, [index % 2 === 0 ? 't' : '+', Math.floor(index / 2)]);
      const retained = await peer.next(3);
      expect([retained.flags & 1, retained.flags >> 1]).toEqual([1, Math.floor(index / 2)]);
    }
  }
});

test('[MQTT-3.3.1-3] the DUP of a publisher is not passed on', async () => {
  const { port } = await open();
  const peer = await subscribed(port, 'a', 't', 1);
  peer.publish('t', 'x', 1, 5, 8);
  expect((await peer.next(3)).flags).toBe(2);
});

test('QoS 2 to a subscriber runs its whole exchange', async () => {
  const { port } = await open();
  for (const clean of [true, false]) {
    const peer = await subscribed(port, 'a', 't', 2, clean);
    peer.publish('t', 'x', 2, 5);
    await peer.next(5);
    const { id, flags } = await peer.next(3);
    expect(flags).toBe(4);
    peer.acknowledge(id, 0x50);
    expect((await peer.next(6)).id).toBe(id);
    peer.acknowledge(id, 0x70);
    expect(await peer.settled(3)).toEqual([]);
    peer.disconnect();
    await peer.closed();
  }
});
