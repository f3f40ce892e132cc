import { FakeClock } from '@muster/registry/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../../testing/open-edge.js';
import { RawPeer } from '../../testing/raw-peer.js';
import { EdgeCounters } from '../edge-counters.js';
import { edgeLimits } from '../edge-limits.js';
import { memoryPersistence as memory } from './memory-persistence.js';
import type { StoredPacket } from './persistence-port.js';
import { SessionStore } from './session-store.js';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const retained = (topic: string, payload = 'x'): StoredPacket =>
  ({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: true }) as StoredPacket;

/** Opens a store as an edge does. Opening a second one over the same persistence is a restart. */
async function open(limits: Parameters<typeof edgeLimits>[0], inner = memory()) {
  const counters = new EdgeCounters();
  const store = new SessionStore({
    inner,
    limits: edgeLimits(limits),
    counters,
    clock: new FakeClock(),
    isDirect: () => false,
    mayQueue: () => true,
    onFailure: () => {},
  });
  await store.setup({ id: 'b' });
  const has = (topic: string): boolean => store.retained.get(topic) !== undefined;
  const put = (packet: StoredPacket): Promise<void> => store.retain(packet, 'client');
  const count = (): number => store.retained.match('#').length;
  return { store, put, count, counters, inner, has };
}

describe('the share of an owner', () => {
  test('a device fills its own share, by number, and no other', async () => {
    const { put, counters, has } = await open({ retainedMessagesPerOwnerMax: 3 });
    for (const index of range(5)) await put(retained(`devices/d-1/${index}`));
    expect(range(5).map((index) => has(`devices/d-1/${index}`))).toEqual([true, true, true, false, false]);
    expect(counters.retainedMessagesRefused).toBe(2);
    for (const topic of ['devices/d-2/0', 'devices/d-11/0', 'alone']) {
      await put(retained(topic));
      expect(has(topic)).toBe(true);
    }
  });

  test('it is bounded by bytes too, of topics and payloads', async () => {
    const { put, store, counters } = await open({ retainedBytesPerOwnerMax: 100 });
    const topic = 'devices/d-1/x';
    await put(retained(topic, 'y'.repeat(100 - topic.length)));
    await put(retained(topic, 'z'.repeat(101 - topic.length)));
    await put(retained('devices/d-1/y', 'y'));
    expect(store.retained.get(topic)?.payload.toString()).toMatch(/^y+$/);
    expect(counters.retainedMessagesRefused).toBe(2);
  });

  test('a message that is replaced or removed makes room', async () => {
    const { put, counters, has } = await open({ retainedMessagesPerOwnerMax: 2 });
    for (const topic of ['devices/d-1/a', 'devices/d-1/b', 'devices/d-1/a']) await put(retained(topic));
    await put(retained('devices/d-1/a', ''));
    await put(retained('devices/d-1/never', ''));
    await put(retained('devices/d-1/c'));
    expect([has('devices/d-1/a'), has('devices/d-1/c')]).toEqual([false, true]);
    expect(counters.retainedMessagesRefused).toBe(0);
  });

  test('after a restart it is as full as before', async () => {
    const before = await open({});
    for (const index of range(3)) await before.put(retained(`devices/d-1/${index}`));
    const after = await open({ retainedMessagesPerOwnerMax: 3 }, before.inner);
    await after.put(retained('devices/d-1/more'));
    expect(after.has('devices/d-1/more')).toBe(false);
    expect(after.counters.retainedMessagesRefused).toBe(1);
  });

  test('a restart with lower limits loses no message: each may be replaced, and none added', async () => {
    const before = await open({});
    for (const index of range(3)) await before.put(retained(`devices/d-1/${index}`));
    const after = await open({ retainedMessagesPerOwnerMax: 2, retainedBytesPerOwnerMax: 20 }, before.inner);
    expect(after.count()).toBe(3);
    await after.put(retained('devices/d-1/0', 'y'));
    expect(after.store.retained.get('devices/d-1/0')?.payload.toString()).toBe('y');
    await after.put(retained('devices/d-1/3'));
    expect(after.count()).toBe(3);
  });

  test('messages that are stored at the same moment cannot exceed the limit together', async () => {
    const { put, count, counters } = await open({ retainedMessagesPerOwnerMax: 3 });
    await Promise.all(range(6).map((index) => put(retained(`devices/d-1/${index}`))));
    expect([count(), counters.retainedMessagesRefused]).toEqual([3, 3]);
    await put(retained('devices/d-1/0', ''));
    await Promise.all(range(4).map(() => put(retained('devices/d-1/again'))));
    expect([count(), counters.retainedMessagesRefused]).toEqual([3, 6]);
  });

  test('a failed write leaves the room free', async () => {
    const inner = memory();
    const { put, has } = await open({ retainedMessagesPerOwnerMax: 1 }, inner);
    const works = inner.storeRetained.bind(inner);
    inner.storeRetained = () => Promise.reject(new Error('disk full'));
    await expect(put(retained('devices/d-1/a'))).rejects.toThrow('disk full');
    inner.storeRetained = works;
    await put(retained('devices/d-1/b'));
    expect(has('devices/d-1/b')).toBe(true);
  });
});

describe('a message of the server', () => {
  let fixture: EdgeFixture | undefined;
  afterEach(() => fixture?.close());

  test('always fits, even if clients have filled the quota; a will counts as a message of its client', async () => {
    const inner = memory();
    const limits = { retainedMessagesMax: 2 };
    fixture = await openEdge({ persistence: inner, limits });
    const { edge, port } = fixture;
    const will = { topic: 'devices/d-1/gone', payload: 'x', retain: true };
    const peer = await RawPeer.ready(port, 'd-1', { will });
    for (const index of range(3)) {
      peer.publish(`devices/d-1/${index}`, 'x', 1, index + 1, 1);
      await peer.next(4);
    }
    const status = (id: number, payload: string) =>
      edge.publish({ topic: `configurations/${id}/status`, payload: Buffer.from(payload), qos: 1, retain: true });
    for (const id of range(3)) await status(id, '{"matched":0}');
    await status(0, '{"matched":1000000}');
    expect(edge.retained('configurations/+/status')).toHaveLength(3);
    expect(edge.counters.retainedMessagesRefused).toBe(1);
    peer.destroy();
    await expect.poll(() => edge.counters.retainedMessagesRefused).toBe(2);
    expect(edge.retained('#')).toHaveLength(5);

    const restarted = await open(limits, inner);
    expect(restarted.store.retained.get('configurations/0/status')?.payload.toString()).toBe('{"matched":1000000}');
  });
});
