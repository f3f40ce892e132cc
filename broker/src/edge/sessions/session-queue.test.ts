import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PERSISTENCES } from '../../testing/persistences.js';
import { EdgeCounters } from '../edge-counters.js';
import { edgeLimits } from '../edge-limits.js';
import { memoryPersistence as memory } from './memory-persistence.js';
import { messageBytes } from './message-bytes.js';
import type { AedesPersistence, StoredPacket } from './persistence-port.js';
import { SessionQueue } from './session-queue.js';

const BYTES_MAX = 1_000;
const CLIENT = { id: 'a' };

/** Opens a queue as a server does. Opening a second one over the same store is a restart. */
function open(inner: AedesPersistence): { queue: SessionQueue; counters: EdgeCounters } {
  const counters = new EdgeCounters();
  return { queue: new SessionQueue(inner, edgeLimits({ offlineQueueBytesMax: BYTES_MAX }), counters), counters };
}

let counter = 0;
function message(bytes: number, qos: 1 | 2 = 1): StoredPacket {
  counter++;
  const payload = Buffer.alloc(bytes - 1);
  return { cmd: 'publish', brokerId: 'b', brokerCounter: counter, topic: 'x', payload, qos, retain: false, dup: false };
}

async function put(queue: SessionQueue, ...packets: StoredPacket[]): Promise<void> {
  for (const packet of packets) await queue.enqueue([{ clientId: CLIENT.id }], packet);
}

async function stored(inner: AedesPersistence): Promise<number[]> {
  const sizes: number[] = [];
  for await (const one of inner.outgoingStream(CLIENT)) sizes.push(one.cmd === 'publish' ? messageBytes(one) : 0);
  return sizes;
}

describe.each(PERSISTENCES)('in %s', (_, makeStore) => {
  test('a message that does not fit by its bytes is dropped and counted; a smaller one may still fit', async () => {
    const inner = makeStore();
    const { queue, counters } = open(inner);
    await put(queue, message(600), message(401), message(400), message(1));
    expect(await stored(inner)).toEqual([600, 400]);
    expect(counters.queuedMessagesDropped).toBe(2);
  });

  test('the bytes of each session are counted apart', async () => {
    const inner = makeStore();
    const { queue, counters } = open(inner);
    await put(queue, message(BYTES_MAX));
    await queue.enqueue([{ clientId: 'a' }, { clientId: 'b' }], message(500));
    expect(await stored(inner)).toEqual([BYTES_MAX]);
    expect(counters.queuedMessagesDropped).toBe(1);
    const ofOther: unknown[] = [];
    for await (const one of inner.outgoingStream({ id: 'b' })) ofOther.push(one);
    expect(ofOther).toHaveLength(1);
  });

  test('messages from before a restart count, whichever call comes first', async () => {
    const inner = makeStore();
    const [first, second] = [message(600), message(300)];
    await put(open(inner).queue, first, second);
    await inner.outgoingUpdate(CLIENT, { ...first, messageId: 7 });

    const full = open(inner);
    await put(full.queue, message(101), message(100));
    expect(await stored(inner)).toEqual([600, 300, 100]);
    expect(full.counters.queuedMessagesDropped).toBe(1);

    const cleared = open(inner);
    await cleared.queue.clear(CLIENT, 7);
    await put(cleared.queue, message(601), message(600));
    expect(await stored(inner)).toEqual([300, 100, 600]);
    expect(cleared.counters.queuedMessagesDropped).toBe(1);
  });

  test('PUBREC frees the bytes of a QoS 2 message, also after a restart', async () => {
    for (const restarts of [false, true]) {
      const inner = makeStore();
      const before = open(inner);
      const sent = message(BYTES_MAX, 2);
      await put(before.queue, sent);
      await before.queue.update(CLIENT, { ...sent, messageId: 7 });
      const after = restarts ? open(inner) : before;
      for (const _ of ['once', 'and repeated']) await after.queue.update(CLIENT, { cmd: 'pubrel', messageId: 7 });
      await put(after.queue, message(BYTES_MAX), message(1));
      await after.queue.clear(CLIENT, 7);
      await put(after.queue, message(1));
      expect(await stored(inner)).toEqual([BYTES_MAX]);
      expect(after.counters.queuedMessagesDropped).toBe(2);
    }
  });

  test('a purge frees all bytes of a session', async () => {
    const inner = makeStore();
    const { queue } = open(inner);
    await put(queue, message(BYTES_MAX));
    await queue.purge(CLIENT);
    await put(queue, message(BYTES_MAX));
    expect(await stored(inner)).toEqual([BYTES_MAX]);
  });
});

test('a failed write leaves the bytes free', async () => {
  const inner = memory();
  const { queue } = open(inner);
  const enqueue = inner.outgoingEnqueueCombi.bind(inner);
  inner.outgoingEnqueueCombi = () => Promise.reject(new Error('disk full'));
  await expect(put(queue, message(BYTES_MAX))).rejects.toThrow('disk full');
  inner.outgoingEnqueueCombi = enqueue;
  await put(queue, message(BYTES_MAX));
  expect(await stored(inner)).toEqual([BYTES_MAX]);
});

const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), bytes: fc.integer({ min: 1, max: 400 }), qos: fc.constantFrom(1, 2) }),
  fc.record({ do: fc.constantFrom('send', 'receive', 'clear'), at: fc.nat({ max: 5 }) }),
  fc.constant({ do: 'restart' as const }),
);

test('after any sequence of steps, the free bytes are those that the stored messages leave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const inner = memory();
      let { queue, counters } = open(inner);
      const ids = new Map<number, StoredPacket>();
      let nextId = 1;
      for (const one of steps) {
        if (one.do === 'restart') ({ queue, counters } = open(inner));
        else if ('bytes' in one) await put(queue, message(one.bytes, one.qos as 1 | 2));
        else if (one.do === 'send') {
          for await (const packet of inner.outgoingStream(CLIENT)) {
            if (packet.cmd !== 'publish' || packet.messageId) continue;
            const id = nextId++;
            ids.set(id, packet);
            await queue.update(CLIENT, { ...packet, messageId: id });
            break;
          }
        } else {
          const id = [...ids.keys()][one.at];
          if (id === undefined) continue;
          if (one.do === 'clear') {
            await queue.clear(CLIENT, id);
            ids.delete(id);
          } else if (ids.get(id)?.qos === 2) await queue.update(CLIENT, { cmd: 'pubrel', messageId: id });
        }
      }
      const free = BYTES_MAX - (await stored(inner)).reduce((sum, bytes) => sum + bytes, 0);
      const dropped = counters.queuedMessagesDropped;
      await put(queue, message(free + 1));
      expect(counters.queuedMessagesDropped).toBe(dropped + 1);
      if (free > 0) await put(queue, message(free));
      expect(counters.queuedMessagesDropped).toBe(dropped + 1);
    }),
    { numRuns: 200 },
  );
});
