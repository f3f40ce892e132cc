import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../testing/open-edge.js';
import { frame, RawPeer } from '../testing/raw-peer.js';
import type { SendOutcome } from './edge-client.js';
import type { PublishOutcome, ReceivedPublish } from './edge-hooks.js';

let fixture: EdgeFixture;
const open = async (...overrides: Parameters<typeof openEdge>): Promise<EdgeFixture> => {
  fixture = await openEdge(...overrides);
  return fixture;
};
afterEach(() => fixture.close());

const payloads = (peer: RawPeer): string[] => peer.frames.filter((one) => one.type === 3).map((one) => one.payload);
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe('publish', () => {
  test('a forwarded message reaches subscribers, one that is done does not; both are acknowledged', async () => {
    const outcomes: Record<string, PublishOutcome> = { f: 'forward', d: 'done' };
    const { port } = await open({ hooks: { publish: (_, { topic }) => outcomes[topic] ?? 'done' } });
    const subscriber = await RawPeer.ready(port, 'subscriber');
    subscriber.subscribe(1, ['#', 1]);
    await subscriber.next(9);
    const publisher = await RawPeer.ready(port, 'publisher');
    for (const [index, topic] of ['d', 'e', 'f'].entries()) publisher.publish(topic, topic, 1, index + 1);
    for (const id of [1, 2, 3]) expect((await publisher.next(4)).id).toBe(id);
    expect((await subscriber.next(3)).payload).toBe('f');
    expect(await subscriber.settled(3)).toEqual([]);
  });

  test('slow hooks: calls start at once in order, acknowledgements and fan-out keep the order', async () => {
    const answers: ((outcome: PublishOutcome) => void)[] = [];
    const { port } = await open({
      hooks: { publish: () => new Promise<PublishOutcome>((resolve) => answers.push(resolve)) },
    });
    const peer = await RawPeer.ready(port, 'a');
    peer.subscribe(1, ['x', 1]);
    await peer.next(9);
    for (const index of range(5)) peer.publish('x', `${index}`, 1, index + 1);
    await peer.settled(4);
    expect(answers).toHaveLength(5);
    for (const index of [4, 2, 3, 1]) answers[index]?.('forward');
    expect(await peer.settled(4)).toEqual([]);
    answers[0]?.('forward');
    for (const id of [1, 2, 3, 4, 5]) expect((await peer.next(4)).id).toBe(id);
    for (const index of range(5)) expect((await peer.next(3)).payload).toBe(`${index}`);
  });

  test.each<[string, () => Promise<PublishOutcome>]>([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('a hook that %s ends the connection and acknowledges nothing', async (_, publish) => {
    const { port, edge } = await open({ hooks: { publish } });
    const peer = await RawPeer.ready(port, 'a');
    peer.publish('x', 'x', 1, 1);
    await peer.closed();
    expect(peer.frames).toEqual([]);
    expect(edge.counters.hookFailures).toBe(1);
  });

  test('a QoS 2 message reaches the hook once, however often it is sent', async () => {
    const seen: ReceivedPublish[] = [];
    const { port } = await open({
      hooks: {
        publish: (_, packet) => {
          seen.push(packet);
          return 'done';
        },
      },
    });
    for (const clean of [true, false]) {
      seen.length = 0;
      const peer = await RawPeer.ready(port, 'a', { clean });
      for (const flags of [0, 8, 8]) peer.publish('x', '1', 2, 9, flags);
      for (const _ of range(3)) expect((await peer.next(5)).id).toBe(9);
      expect(seen.map(({ dup, qos }) => [dup, qos])).toEqual([[false, 2]]);
      peer.acknowledge(9, 0x62);
      expect((await peer.next(7)).id).toBe(9);
      peer.publish('x', '2', 2, 9);
      await peer.next(5);
      expect(seen).toHaveLength(2);
      peer.disconnect();
      await peer.closed();
    }
  });

  test('a QoS 2 message received before a reconnect is still known after it', async () => {
    let calls = 0;
    const { port } = await open({
      hooks: {
        publish: () => {
          calls++;
          return 'done';
        },
      },
    });
    const before = await RawPeer.ready(port, 'a', { clean: false });
    before.publish('x', '1', 2, 9);
    await before.next(5);
    before.destroy();
    const after = await RawPeer.ready(port, 'a', { clean: false });
    after.publish('x', '1', 2, 9, 8);
    expect((await after.next(5)).id).toBe(9);
    expect(calls).toBe(1);
  });

  test('at the limit of publishes in flight, reading pauses and nothing is lost', async () => {
    const waiting: (() => void)[] = [];
    let calls = 0;
    const { port } = await open({
      limits: { inflightPublishesPerClientMax: 10 },
      hooks: {
        publish: () => {
          calls++;
          return new Promise<PublishOutcome>((resolve) => waiting.push(() => resolve('done')));
        },
      },
    });
    const peer = await RawPeer.ready(port, 'a');
    const big = Buffer.alloc(60_000);
    for (const index of range(200)) peer.publish('x', big, 1, index + 1);
    await expect.poll(() => calls).toBeGreaterThan(9);
    const other = await RawPeer.ready(port, 'b');
    await other.settled(13);
    expect(calls).toBeLessThan(30);
    while (peer.frames.length < 200) {
      for (const answer of waiting.splice(0)) answer();
      await other.settled(13);
    }
    expect(peer.frames.map((one) => one.id)).toEqual(range(200).map((index) => index + 1));
  });

  test.each([true, false])(
    'packets in one chunk with CONNECT are handled after it, in order (clean %s)',
    async (clean) => {
      const seen: string[] = [];
      const { port, clients } = await open({
        hooks: {
          publish: (client, { payload }) => {
            seen.push(`${payload}:${client.subscription('$twin/desired')}`);
            return 'done';
          },
        },
      });
      const peer = await RawPeer.open(port);
      peer.connect('a', { clean });
      peer.subscribe(1, ['$twin/desired', 1]);
      for (const index of range(100)) peer.publish('x', `${index}`, 1, index + 1);
      for (const id of range(100)) expect((await peer.next(4)).id).toBe(id + 1);
      expect(seen).toEqual(range(100).map((index) => `${index}:1`));
      expect(clients.get('a')?.subscription('$twin/desired')).toBe(1);
    },
  );
});

describe('raw sends', () => {
  test('QoS 1 ends with its PUBACK, QoS 0 when written, and a send in flight with the connection', async () => {
    const { port, clients } = await open();
    const peer = await RawPeer.ready(port, 'a');
    const outcomes: string[] = [];
    const note = (name: string) => (outcome: SendOutcome) => outcomes.push(`${name} ${outcome}`);
    const client = clients.get('a');
    client?.send('$twin/desired', Buffer.from('zero'), 0, note('zero'));
    client?.send('$twin/desired', Buffer.from('one'), 1, note('one'));
    client?.send('$twin/desired', Buffer.from('two'), 1, note('two'));
    expect(outcomes).toEqual([]);
    const [zero, one, two] = [await peer.next(3), await peer.next(3), await peer.next(3)];
    expect([zero, one, two].map(({ payload, flags }) => [payload, flags])).toEqual([
      ['zero', 0],
      ['one', 2],
      ['two', 2],
    ]);
    expect(one?.id).not.toBe(two?.id);
    peer.acknowledge(two?.id ?? 0);
    await expect.poll(() => outcomes).toEqual(['zero written', 'two acknowledged']);
    peer.destroy();
    await expect.poll(() => outcomes).toEqual(['zero written', 'two acknowledged', 'one closed']);
    client?.send('x', Buffer.from('late'), 1, note('late'));
    client?.send('x', Buffer.from('late'), 0, note('late0'));
    expect(outcomes).toHaveLength(3);
    await expect.poll(() => outcomes.slice(3)).toEqual(['late closed', 'late0 closed']);
  });

  test('[MQTT-2.3.1-2] ids in flight are skipped when the counter wraps', async () => {
    const { port, clients } = await open();
    const peer = await RawPeer.ready(port, 'a');
    const client = clients.get('a');
    client?.send('held', Buffer.alloc(0), 1, () => {});
    const held = (await peer.next(3)).id;
    let acknowledged = 0;
    const seen = new Set<number>();
    while (acknowledged < 65_600) {
      const batch = 800;
      for (let index = 0; index < batch; index++) client?.send('x', Buffer.alloc(0), 1, () => acknowledged++);
      await peer.until(() => peer.frames.length >= batch);
      const ids = peer.frames.splice(0).map(({ id }) => id);
      for (const id of ids) seen.add(id);
      peer.write(...ids.map((id) => frame(0x40, [id >> 8, id & 0xff])));
      await peer.settled(13);
    }
    expect(seen.has(held)).toBe(false);
    expect(seen.has(0)).toBe(false);
    expect(seen.size).toBe(65_534);
  });

  test('a direct filter is granted, and no ordinary publish matches it', async () => {
    const { port, edge, events, clients } = await open();
    const peer = await RawPeer.ready(port, 'a');
    peer.subscribe(1, ['$twin/desired', 1], ['plain', 0]);
    expect([...(await peer.next(9)).body]).toEqual([0, 1, 1, 0]);
    await edge.publish({ topic: '$twin/desired', payload: Buffer.from('no'), qos: 1 });
    await edge.publish({ topic: 'plain', payload: Buffer.from('yes'), qos: 1 });
    expect((await peer.settled(3)).map((one) => one.payload)).toEqual(['yes']);
    peer.unsubscribe(2, '$twin/desired', 'never-held');
    expect((await peer.next(11)).id).toBe(2);
    expect(clients.get('a')?.subscription('$twin/desired')).toBeUndefined();
    expect(events).toEqual(['connected a', 'subscribed a: $twin/desired/1 plain/0', 'unsubscribed a: $twin/desired']);
  });
});

describe('connections', () => {
  test('a takeover ends the older connection before the hooks get the newer one, which the map holds', async () => {
    const { port, edge, events, clients } = await open();
    const older = await RawPeer.ready(port, 'a');
    older.subscribe(1, ['x', 0]);
    await older.next(9);
    const first = clients.get('a');
    const newer = await RawPeer.ready(port, 'a');
    await older.closed();
    expect(clients.get('a')).not.toBe(first);
    expect(clients.get('a')?.isOpen).toBe(true);
    expect(events).toEqual([
      'connected a',
      'subscribed a: x/0',
      'disconnected a: taken over by a newer connection',
      'connected a',
    ]);
    edge.disconnect('a', 'over');
    await newer.closed();
    expect(events.at(-1)).toBe('disconnected a: over');
  });

  test('after reconnects and takeovers the map holds the live connection, and each end was reported once', async () => {
    const { port, events, clients } = await open();
    for (const round of range(30)) {
      const older = await RawPeer.ready(port, 'a');
      older.subscribe(1, ['x/#', 1]);
      await older.next(9);
      if (round % 2 === 0) older.destroy();
      const newer = await RawPeer.ready(port, 'a');
      await older.closed();
      await newer.settled(13);
      expect(clients.get('a')?.isOpen).toBe(true);
      expect(clients.size).toBe(1);
    }
    fixture.edge.disconnect('a', 'over');
    await expect.poll(() => clients.size).toBe(0);
    const changes = events.filter((event) => !event.startsWith('subscribed')).map((event) => event.split(' ')[0]);
    expect(changes).toEqual(range(120).map((index) => (index % 2 === 0 ? 'connected' : 'disconnected')));
  });

  test('simultaneous connections of one id leave one', async () => {
    const { port, clients } = await open();
    const peers = await Promise.all(range(20).map(() => RawPeer.open(port)));
    for (const peer of peers) peer.connect('a');
    await expect.poll(() => peers.filter((peer) => !peer.isClosed).length).toBe(1);
    await expect.poll(() => clients.get('a')?.isOpen).toBe(true);
    expect(clients.size).toBe(1);
  });

  test('reasons say how a connection ended', async () => {
    const { port, edge, events } = await open();
    const [left, lost, thrown, faulty] = await Promise.all(
      ['left', 'lost', 'thrown', 'faulty'].map((id) => RawPeer.ready(port, id)),
    );
    left?.disconnect();
    lost?.destroy();
    edge.disconnect('thrown', 'device deleted');
    await thrown?.closed();
    faulty?.publish('t', 'x', 0, 0, 8);
    await expect
      .poll(() => events.filter((event) => event.startsWith('disconnected')).toSorted())
      .toEqual([
        'disconnected faulty: publish: DUP with QoS 0 [MQTT-3.3.1-2]',
        'disconnected left: disconnected',
        'disconnected lost: connection lost',
        'disconnected thrown: device deleted',
      ]);
  });

  test('wills fire when a connection is lost, not after DISCONNECT, and are checked when they fire', async () => {
    let mayWill = true;
    const { port, edge, clients } = await open({ hooks: { mayWill: () => mayWill } });
    const watcher = await RawPeer.ready(port, 'watcher');
    watcher.subscribe(1, ['w', 1]);
    await watcher.next(9);
    const will = (payload: string) => ({ will: { topic: 'w', payload, qos: 1 } });
    (await RawPeer.ready(port, 'a', will('lost'))).destroy();
    expect((await watcher.next(3)).payload).toBe('lost');
    (await RawPeer.ready(port, 'b', will('left'))).disconnect();
    const forbidden = await RawPeer.ready(port, 'c', will('forbidden'));
    mayWill = false;
    forbidden.destroy();
    await expect.poll(() => clients.size).toBe(1);
    expect(await watcher.settled(3)).toEqual([]);
    expect(edge.counters.willsDiscarded).toBe(1);
  });

  test('an event hook that throws ends that connection, not the process', async () => {
    const { port, edge } = await open({
      hooks: {
        connected: () => {
          throw new Error('bug');
        },
      },
    });
    const peer = await RawPeer.open(port);
    peer.connect('a');
    await peer.closed();
    expect(edge.counters.hookFailures).toBe(1);
  });
});

describe('limits', () => {
  test('filters beyond the limit of a SUBSCRIBE, of a session or of topic levels are refused one by one', async () => {
    const { port, edge } = await open({
      limits: { filtersPerSubscribeMax: 3, subscriptionsPerClientMax: 4, topicLevelsMax: 3 },
    });
    const peer = await RawPeer.ready(port, 'a');
    peer.subscribe(1, ['a', 0], ['b', 0], ['c', 0], ['d', 0]);
    expect([...(await peer.next(9)).body]).toEqual([0, 1, 0, 0, 0, 0x80]);
    peer.subscribe(2, ['d', 0], ['e', 0], ['a', 1]);
    expect([...(await peer.next(9)).body]).toEqual([0, 2, 0, 0x80, 1]);
    peer.unsubscribe(3, 'a');
    await peer.next(11);
    peer.subscribe(4, ['1/2/3/4', 0], ['1/2/3', 0]);
    expect([...(await peer.next(9)).body]).toEqual([0, 4, 0x80, 0]);
    expect(edge.counters.subscriptionsRefused).toBe(3);
  });

  test('retained messages are capped in number and bytes; the message itself is delivered', async () => {
    const { port, edge } = await open({ limits: { retainedMessagesMax: 3, retainedBytesMax: 100 } });
    const peer = await RawPeer.ready(port, 'a');
    peer.subscribe(1, ['#', 0]);
    const messages = [
      ...['a', 'b', 'c', 'd'].map((topic) => [topic, 'x']),
      ['a', 'y'.repeat(200)],
      ['b', ''],
      ['e', 'x'],
    ];
    for (const [index, [topic = '', payload = '']] of messages.entries()) peer.publish(topic, payload, 1, index + 1, 1);
    for (const _ of messages) await peer.next(4);
    await peer.settled(13);
    expect(payloads(peer)).toHaveLength(7);
    expect(edge.retained('#')).toHaveLength(3);
    expect(edge.counters.retainedMessagesRefused).toBe(2);
    const late = await RawPeer.ready(port, 'b');
    late.subscribe(1, ['+', 0]);
    const retained = (await late.settled(3)).map((one) => [one.topic, one.payload, one.flags]);
    expect(retained.toSorted()).toEqual([
      ['a', 'x', 1],
      ['c', 'x', 1],
      ['e', 'x', 1],
    ]);
  });
});
