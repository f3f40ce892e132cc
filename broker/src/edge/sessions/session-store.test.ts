import { FakeClock } from '@muster/registry/testing';
import { describe, expect, test } from 'vitest';
import { listOf, PERSISTENCES, storedPacket } from '../../testing/persistences.js';
import { EdgeCounters } from '../edge-counters.js';
import { edgeLimits } from '../edge-limits.js';
import { memoryPersistence } from './memory-persistence.js';
import type { AedesPersistence, StoredPacket } from './persistence-port.js';
import { SESSION_MARK, SessionStore } from './session-store.js';

const A = { id: 'a' };
const TO_A = [{ clientId: 'a' }];

function storeOver(inner: AedesPersistence, limits = {}, failures: unknown[] = []): SessionStore {
  return new SessionStore({
    inner,
    limits: edgeLimits(limits),
    counters: new EdgeCounters(),
    clock: new FakeClock(),
    isDirect: (filter) => filter.startsWith('$twin/'),
    mayQueue: () => true,
    onFailure: (error) => failures.push(error),
  });
}

async function openStore(inner: AedesPersistence): Promise<SessionStore> {
  const store = storeOver(inner);
  await store.setup({ id: 'b' });
  return store;
}

/** Queues a message and stores that it was sent under the id. */
async function send(store: SessionStore, packet: StoredPacket, messageId: number): Promise<StoredPacket> {
  await store.enqueue(TO_A, packet);
  const sent = { ...packet, messageId };
  await store.update(A, sent);
  return sent;
}

/** Returns the members of a stored message, without those that a persistence adds. */
function membersOf(stored: object): object {
  const { cmd, brokerId, brokerCounter, topic, payload, qos, retain, dup, messageId } = stored as StoredPacket;
  return {
    cmd,
    brokerId,
    brokerCounter,
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    dup,
    messageId: messageId ?? undefined,
  };
}

describe.each(PERSISTENCES)('the queue of a session, in %s', (_, makeStore) => {
  test('a queued message is listed without a packet id, each time as a new object', async () => {
    const store = await openStore(makeStore());
    const packet = storedPacket('x', { brokerCounter: 42, messageId: 4242 });
    await store.enqueue(TO_A, packet);
    for (const _ of ['once', 'again']) {
      const [listed, ...rest] = await listOf(store.queued(A));
      expect(membersOf(listed ?? {})).toEqual({ ...packet, messageId: undefined });
      expect(listed).not.toBe(packet);
      expect(rest).toEqual([]);
    }
  });

  test('a message for several sessions is in the queue of each', async () => {
    const store = await openStore(makeStore());
    const packet = storedPacket('x', { brokerCounter: 42 });
    await store.enqueue([{ clientId: 'a' }, { clientId: 'b' }], packet);
    for (const id of ['a', 'b']) {
      expect((await listOf(store.queued({ id }))).map(membersOf)).toEqual([{ ...packet, messageId: undefined }]);
    }
  });

  test('a message that was sent is listed with its packet id', async () => {
    const store = await openStore(makeStore());
    const sent = await send(store, storedPacket('x', { brokerCounter: 42 }), 42);
    const [listed, ...rest] = await listOf(store.queued(A));
    expect(membersOf(listed ?? {})).toEqual(sent);
    expect(listed).not.toBe(sent);
    expect(rest).toEqual([]);
  });

  test('clearing a packet id returns its message and leaves the others', async () => {
    const store = await openStore(makeStore());
    await send(store, storedPacket('x', { brokerCounter: 42 }), 42);
    const second = await send(store, storedPacket('y', { brokerCounter: 43 }), 43);
    expect(membersOf((await store.clear(A, 42)) as object)).toMatchObject({ messageId: 42, topic: 'x' });
    expect((await listOf(store.queued(A))).map(membersOf)).toEqual([second]);
  });

  test('many messages are listed in order and cleared one by one while the queue is read', async () => {
    const store = await openStore(makeStore());
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const id of ids) await send(store, storedPacket('x', { brokerCounter: id }), id);
    expect((await listOf(store.queued(A))).map(({ messageId }) => messageId)).toEqual(ids);
    for await (const listed of store.queued(A)) {
      expect(await store.clear(A, listed.messageId ?? undefined)).toEqual(listed);
    }
    expect(await listOf(store.queued(A))).toEqual([]);
  });

  test('two messages that were sent under one packet id keep their places', async () => {
    const store = await openStore(makeStore());
    const packets = [42, 50].map((brokerCounter) => storedPacket('x', { brokerCounter, qos: 2, messageId: 42 }));
    for (const packet of packets) await store.enqueue(TO_A, packet);
    for (const packet of packets) await store.update(A, packet);
    expect((await listOf(store.queued(A))).map(membersOf)).toEqual(packets);
  });

  test('PUBREC replaces a QoS 2 message by its PUBREL', async () => {
    const store = await openStore(makeStore());
    await send(store, storedPacket('x', { qos: 2 }), 42);
    await store.update(A, { cmd: 'pubrel', messageId: 42 });
    const listed = (await listOf(store.queued(A))).map(({ cmd, messageId }) => ({ cmd, messageId }));
    expect(listed).toEqual([{ cmd: 'pubrel', messageId: 42 }]);
  });

  test('clearing an unknown packet id, or none, is a no-op', async () => {
    const store = await openStore(makeStore());
    const sent = await send(store, storedPacket('x'), 7);
    for (const id of [42, undefined]) expect(await store.clear(A, id)).toBeFalsy();
    expect((await listOf(store.queued(A))).map(membersOf)).toEqual([sent]);
  });

  test('messages that were queued before a restart count against the cap', async () => {
    const inner = makeStore();
    await inner.setup({ id: 'b' });
    for (const brokerCounter of [1, 2]) await inner.outgoingEnqueueCombi(TO_A, storedPacket('x', { brokerCounter }));
    const store = storeOver(inner, { offlineQueueMessagesMax: 3 });
    const more = [3, 4, 5].map((brokerCounter) => store.enqueue(TO_A, storedPacket('x', { brokerCounter })));
    await Promise.all(more);
    expect(await listOf(store.queued(A))).toHaveLength(3);
  });
});

describe.each(PERSISTENCES)('received QoS 2 ids, in %s', (_, makeStore) => {
  test('an id is known from storing to releasing, in its session only', async () => {
    const store = await openStore(makeStore());
    await store.storeIncoming(A, 42);
    expect(await store.isIncoming(A, 42)).toBe(true);
    expect(await store.isIncoming(A, 43)).toBe(false);
    expect(await store.isIncoming({ id: 'ab' }, 42)).toBe(false);
    for (const _ of ['once', 'and repeated']) await store.releaseIncoming(A, 42);
    expect(await store.isIncoming(A, 42)).toBe(false);
  });

  test('forgetting a session leaves the ids of a session whose id begins with the same letters', async () => {
    const store = await openStore(makeStore());
    for (const id of ['a', 'ab', 'b']) await store.storeIncoming({ id }, 42);
    await store.storeIncoming(A, 43);
    await store.forget(A);
    expect(await Promise.all([42, 43].map((messageId) => store.isIncoming(A, messageId)))).toEqual([false, false]);
    expect(await Promise.all(['ab', 'b'].map((id) => store.isIncoming({ id }, 42)))).toEqual([true, true]);
    await store.forget({ id: 'never connected' });
  });
});

describe.each(PERSISTENCES)('subscriptions, in %s', (_, makeStore) => {
  test('a subscription of QoS 0 is restored, and no message is queued for it', async () => {
    const store = await openStore(makeStore());
    const held = [
      { topic: 'x', qos: 0 as const },
      { topic: 'y/#', qos: 1 as const },
    ];
    await store.addSubscriptions(A, held);
    expect(await store.subscriptionsByClient(A)).toMatchObject(held);
    expect([store.receivers('x'), store.receivers('y')]).toEqual([[], TO_A]);
  });

  test('the last QoS of a filter holds, in one SUBSCRIBE or in several', async () => {
    const store = await openStore(makeStore());
    const check = async (...granted: (0 | 1 | 2)[]): Promise<void> => {
      await store.addSubscriptions(
        A,
        granted.map((qos) => ({ topic: 'x', qos })),
      );
      const last = granted.at(-1) ?? 0;
      expect(await store.subscriptionsByClient(A)).toMatchObject([{ topic: 'x', qos: last }]);
      expect(store.receivers('x')).toEqual(last > 0 ? TO_A : []);
    };
    for (const qos of [0, 1, 2, 1, 0] as const) await check(qos);
    await check(0, 1);
    await check(0, 1, 2, 1, 0);
  });

  test('subscriptions that are added at the same moment are all kept', async () => {
    const store = await openStore(makeStore());
    const topics = ['x', 'y', 'z'];
    await Promise.all(topics.map((topic) => store.addSubscriptions(A, [{ topic, qos: 1 }])));
    expect((await store.subscriptionsByClient(A)).map(({ topic }) => topic).toSorted()).toEqual(topics);
    expect(topics.map((topic) => store.receivers(topic))).toEqual([TO_A, TO_A, TO_A]);
  });

  test('one SUBSCRIBE is written once, however often Aedes adds it', async () => {
    const inner = makeStore();
    const store = await openStore(inner);
    let writes = 0;
    const add = inner.addSubscriptions.bind(inner);
    inner.addSubscriptions = (...one) => {
      writes++;
      return add(...one);
    };
    const list = ['x', 'y'].map((topic) => ({ topic, qos: 1 as const }));
    await Promise.all(list.map(() => store.addSubscriptions(A, list)));
    expect(writes).toBe(1);
    expect(store.receivers('y')).toEqual(TO_A);
  });

  test('receivers follow the subscriptions of sessions, except for direct filters and the mark', async () => {
    const store = await openStore(makeStore());
    const all = ['x/#', 'x/y', '$twin/desired', '+/z', SESSION_MARK].map((topic) => ({ topic, qos: 1 as const }));
    await store.addSubscriptions(A, all);
    await store.addSubscriptions({ id: 'b' }, [{ topic: 'x/y', qos: 0 }]);
    expect(store.receivers('x/y')).toEqual(TO_A);
    expect(store.receivers('$twin/desired')).toEqual([]);
    await store.addSubscriptions(A, [{ topic: 'x/y', qos: 0 }]);
    expect(store.receivers('x/y')).toEqual(TO_A);
    await store.removeSubscriptions(A, ['x/#']);
    expect(store.receivers('x/y')).toEqual([]);
  });

  test('a restart restores receivers', async () => {
    const inner = makeStore();
    const before = await openStore(inner);
    await before.addSubscriptions(A, [{ topic: 'x/#', qos: 1 }]);
    await before.mark(A, false);
    const after = await openStore(inner);
    expect([after.has(A), after.awaits('x'), after.receivers('x/y')]).toEqual([true, true, TO_A]);
  });
});

describe.each(PERSISTENCES)('the end of a session, in %s', (_, makeStore) => {
  async function usedSession(inner: AedesPersistence): Promise<SessionStore> {
    const store = await openStore(inner);
    await store.addSubscriptions(A, [{ topic: 'x/#', qos: 1 }]);
    await store.mark(A, false);
    for (const brokerCounter of [1, 2, 3]) await store.enqueue(TO_A, storedPacket('x/y', { brokerCounter }));
    await store.update(A, storedPacket('x/y', { brokerCounter: 2, messageId: 7 }));
    await store.storeIncoming(A, 9);
    expect(await store.sentIds(A)).toEqual([7]);
    return store;
  }

  test.each(['forget', 'cleanSubscriptions'] as const)('nothing remains after %s', async (verb) => {
    const inner = makeStore();
    const store = await usedSession(inner);
    await store[verb](A);
    expect(await listOf(store.queued(A))).toEqual([]);
    expect((await store.subscriptionsByClient(A)) ?? []).toEqual([]);
    expect(store.receivers('x/y')).toEqual([]);
    expect(store.has(A)).toBe(false);
    expect(await store.isIncoming(A, 9)).toBe(false);
    expect((await openStore(inner)).has(A)).toBe(false);
  });
});

describe.each(PERSISTENCES)('retained messages, in %s', (_, makeStore) => {
  const retained = (topic: string, payload: string): StoredPacket =>
    storedPacket(topic, { payload: Buffer.from(payload), retain: true });
  const kept = (store: SessionStore, filter = '#'): string[] =>
    store.retained.match(filter).map(({ topic, payload }) => `${topic} ${payload}`);

  test('the last message of a topic is retained, an empty one removes it, also after a restart', async () => {
    const inner = makeStore();
    const store = await openStore(inner);
    for (const [topic, payload] of [
      ['x', 'first'],
      ['x', 'last'],
      ['y/z', 'only'],
      ['gone', 'first'],
      ['gone', ''],
    ] as const) {
      await store.retain(retained(topic, payload), 'client');
    }
    for (const one of [store, await openStore(inner)]) expect(kept(one).toSorted()).toEqual(['x last', 'y/z only']);
  });

  test('a retained message is a copy', async () => {
    const store = await openStore(makeStore());
    const packet = retained('x', 'kept');
    await store.retain(packet, 'client');
    packet.retain = false;
    expect(store.retained.get('x')).toMatchObject({ topic: 'x', retain: true });
  });

  test.each([
    ['#', true],
    ['hello/world/#', true],
    ['hello/+', true],
    ['+/world', true],
    ['+/#', true],
    ['hello/+/world/#', false],
    ['hello', false],
  ])('a filter finds them: %s, %s', async (filter, isFound) => {
    const store = await openStore(makeStore());
    await store.retain(retained('hello/world', 'x'), 'client');
    expect(kept(store, filter)).toEqual(isFound ? ['hello/world x'] : []);
  });
});

describe.each(PERSISTENCES)('for Aedes, in %s', (_, makeStore) => {
  test('there are no queued and no retained messages', async () => {
    const store = await openStore(makeStore());
    await store.enqueue(TO_A, storedPacket('x'));
    await store.retain(storedPacket('x', { retain: true }), 'client');
    expect(await listOf(store.outgoingStream())).toEqual([]);
    expect(await listOf(store.createRetainedStreamCombi())).toEqual([]);
  });

  test('a will is stored and deleted, and one of an earlier run is discarded', async () => {
    const inner = makeStore();
    const will = { topic: 'w', payload: Buffer.from('x'), qos: 0, retain: true };
    const before = await openStore(inner);
    await before.putWill(A, will);
    expect(await listOf(inner.streamWill({}))).toMatchObject([{ clientId: 'a', topic: 'w' }]);
    await before.delWill(A);
    expect(await listOf(inner.streamWill({}))).toEqual([]);
    await before.putWill(A, will);
    await openStore(inner);
    expect(await listOf(inner.streamWill({}))).toEqual([]);
  });
});

test('a will that cannot be deleted is reported, and nothing rejects', async () => {
  const inner = memoryPersistence();
  const failures: unknown[] = [];
  const store = storeOver(inner, {}, failures);
  inner.delWill = () => Promise.reject(new Error('disk full'));
  await store.delWill(A);
  expect(failures).toEqual([new Error('disk full')]);
});
