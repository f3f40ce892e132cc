import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../../testing/open-edge.js';
import { frame, RawPeer, text } from '../../testing/raw-peer.js';

let fixture: EdgeFixture;
beforeAll(async () => {
  fixture = await openEdge();
});
afterAll(() => fixture.close());

const PINGREQ = [0xc0, 0];
const NAME = [...text('MQTT')];
const connect = (flags: number, ...parts: Buffer[]): Buffer => frame(0x10, [...NAME, 4, flags, 0, 0], ...parts);
const publish = (topic: Buffer, header = 0x30, ...rest: number[]): Buffer => frame(header, topic, rest);
const subscribe = (...filters: string[]): Buffer => frame(0x82, [0, 1], ...filters.flatMap((one) => [text(one), [1]]));

const LONE_SURROGATE = Buffer.of(0xed, 0xa0, 0x80);
const OVERLONG = Buffer.of(0xc0, 0xaf);
const BROKEN = Buffer.of(0x61, 0xff);

describe('a first packet that ends the connection without an answer', () => {
  test.each<[string, Buffer]>([
    ['[MQTT-1.5.3-1] surrogate in the client id', connect(2, text(LONE_SURROGATE))],
    ['[MQTT-1.5.3-1] overlong form in the client id', connect(2, text(OVERLONG))],
    ['[MQTT-1.5.3-1] broken UTF-8 in the client id', connect(2, text(BROKEN))],
    ['[MQTT-1.5.3-1] broken UTF-8 in the user name', connect(0x82, text('a'), text(BROKEN))],
    ['[MQTT-1.5.3-1] broken UTF-8 in the will topic', connect(6, text('a'), text(BROKEN), text('x'))],
    ['[MQTT-1.5.3-2] U+0000 in the client id', connect(2, text('a\0'))],
    ['[MQTT-3.1.2-14] will QoS 3', connect(0x1e, text('a'), text('w'), text('x'))],
    ['[MQTT-3.1.2-22] password without user name', connect(0x42, text('a'), text('p'))],
    ['[MQTT-3.1.4-1] bytes after the last field', connect(2, text('a'), Buffer.of(0))],
    ['[MQTT-4.7.3-1] empty will topic', connect(6, text('a'), text(''), text('x'))],
    ['[MQTT-3.3.2-2] wildcard in the will topic', connect(6, text('a'), text('w/#'), text('x'))],
    ['will topic with too many levels', connect(6, text('a'), text('/'.repeat(32)), text('x'))],
    ['[MQTT-3.1.0-1] another packet first', Buffer.of(0xc0, 0)],
    ['[MQTT-3.1.2-3] reserved connect flag', connect(3, text('a'))],
    ['another protocol name', frame(0x10, text('MQTX'), [4, 2, 0, 0], text('a'))],
    ['a packet over the limit before CONNACK, by its header alone', Buffer.of(0x10, 0x81, 0x80, 0x01)],
  ])('%s', async (_, bytes) => {
    const peer = await RawPeer.open(fixture.port);
    peer.write(bytes);
    await peer.closed();
    expect(peer.frames).toEqual([]);
  });
});

describe('an unsupported protocol level is answered with CONNACK 1 and closed [MQTT-3.1.2-2]', () => {
  test.each([0, 2, 5, 6, 0x7f, 0x83, 0x84, 0x85])('level %i', async (level) => {
    const peer = await RawPeer.open(fixture.port);
    const properties = level === 5 ? [0] : [];
    peer.write(frame(0x10, [...NAME, level, 2, 0, 0], properties, text('a')));
    await peer.closed();
    expect(peer.frames.map((one) => [one.type, ...one.body])).toEqual([[2, 0, 1]]);
  });
});

test('[MQTT-3.1.3-8] an empty client id requires a clean session: CONNACK 2, closed', async () => {
  const refused = await RawPeer.open(fixture.port);
  refused.connect('', { clean: false });
  await refused.closed();
  expect(refused.frames.map((one) => [...one.body])).toEqual([[0, 2]]);
  const accepted = await RawPeer.open(fixture.port);
  accepted.connect('', { clean: true });
  expect([...(await accepted.next(2)).body]).toEqual([0, 0]);
  accepted.destroy();
});

describe('a packet that ends an established connection', () => {
  test.each<[string, Buffer]>([
    ['[MQTT-1.5.3-1] surrogate in a topic', publish(text(LONE_SURROGATE))],
    ['[MQTT-1.5.3-1] overlong form in a topic', publish(text(OVERLONG))],
    ['[MQTT-1.5.3-1] broken UTF-8 in a filter', frame(0x82, [0, 1], text(BROKEN), [0])],
    ['[MQTT-1.5.3-2] U+0000 in a topic', publish(text('a\0b'))],
    ['[MQTT-1.5.3-2] U+0000 in a filter', frame(0x82, [0, 1], text('a\0'), [0])],
    ['[MQTT-1.5.3-2] U+0000 in a filter of UNSUBSCRIBE', frame(0xa2, [0, 1], text('\0'))],
    ['[MQTT-2.3.1-1] PUBLISH QoS 1 with id 0', publish(text('t'), 0x32, 0, 0)],
    ['[MQTT-2.3.1-1] PUBLISH QoS 2 with id 0', publish(text('t'), 0x34, 0, 0)],
    ['[MQTT-2.3.1-1] SUBSCRIBE with id 0', frame(0x82, [0, 0], text('t'), [0])],
    ['[MQTT-2.3.1-1] UNSUBSCRIBE with id 0', frame(0xa2, [0, 0], text('t'))],
    ['PUBACK with id 0', frame(0x40, [0, 0])],
    ['PUBREL with id 0', frame(0x62, [0, 0])],
    ['[MQTT-4.8.0-1] PUBACK of one byte', frame(0x40, [1])],
    ['PUBACK of one byte with more behind it', Buffer.concat([frame(0x40, [0]), frame(0xc0)])],
    ['PUBACK of three bytes', frame(0x40, [0, 1, 0])],
    ['PUBREC of three bytes', frame(0x50, [0, 1, 0])],
    ['PUBREL of three bytes', frame(0x62, [0, 1, 0])],
    ['PUBCOMP of three bytes', frame(0x70, [0, 1, 0])],
    ['PINGREQ with a body', frame(0xc0, [0])],
    ['DISCONNECT with a body', frame(0xe0, [0])],
    ['PUBLISH whose id lies in the next packet', Buffer.concat([frame(0x32, text('t')), frame(0xc0)])],
    ['[MQTT-3.3.1-2] DUP with QoS 0', publish(text('t'), 0x38)],
    ['[MQTT-3.3.1-4] QoS 3', publish(text('t'), 0x36, 0, 1)],
    ['[MQTT-4.7.3-1] empty topic', publish(text(''))],
    ['[MQTT-3.3.2-2] + in a topic', publish(text('a/+'))],
    ['[MQTT-3.3.2-2] # in a topic', publish(text('a/#'))],
    ['a topic with too many levels', publish(text('/'.repeat(32)))],
    ['[MQTT-3.8.3-3] SUBSCRIBE without filters', frame(0x82, [0, 1])],
    ['[MQTT-3.10.3-2] UNSUBSCRIBE without filters', frame(0xa2, [0, 1])],
    ['[MQTT-3.8.3-4] SUBSCRIBE QoS 3', frame(0x82, [0, 1], text('t'), [3])],
    ['an empty filter', subscribe('')],
    ['UNSUBSCRIBE a bad filter', frame(0xa2, [0, 1], text('a#'))],
    ['[MQTT-3.1.0-2] a second CONNECT', connect(2, text('other'))],
    ['a packet of the server: CONNACK', frame(0x20, [0, 0])],
    ['a packet of the server: SUBACK', frame(0x90, [0, 1, 0])],
    ['a packet of the server: PINGRESP', Buffer.of(0xd0, 0)],
    ['[MQTT-2.2.2-2] reserved header bits', Buffer.of(0x80, 0)],
    ['a remaining length of five bytes', Buffer.of(0x30, 0x80, 0x80, 0x80, 0x80, 1)],
    ['a packet over the limit, by its header alone', Buffer.of(0x30, 0x81, 0x80, 0x10)],
  ])('%s', async (_, bytes) => {
    const peer = await RawPeer.ready(fixture.port, 'faulty');
    peer.write(bytes);
    await peer.closed();
    expect(peer.frames).toEqual([]);
  });
});

describe('filters', () => {
  test.each(['a#', 'a+', '+a', 'a+/b', '/+a', '++', '#/', '#/a', 'a/#/b', 'a/b#', '##', 'a/+b'])(
    '[MQTT-4.7.1-2] [MQTT-4.7.1-3] %s closes the connection',
    async (filter) => {
      const peer = await RawPeer.ready(fixture.port, 'bad-filter');
      peer.write(subscribe(filter));
      await peer.closed();
      expect(peer.frames).toEqual([]);
    },
  );

  test.each(['#', '+', '/', '//', '+/+', '/+', '+/', 'a/#', '/#', '+/#', 'a/+/b', 'é', '\u{10000}', '\ufeffx'])(
    '%s is granted',
    async (filter) => {
      const peer = await RawPeer.ready(fixture.port, 'good-filter');
      peer.write(subscribe(filter));
      expect([...(await peer.next(9)).body]).toEqual([0, 1, 1]);
      peer.destroy();
    },
  );

  test.each(['$SYS', '$SYS/#', '$SYS/broker/uptime', '$share/group/topic', '$queue/topic', '$muster/session'])(
    '%s is refused without a call of the hook',
    async (filter) => {
      const peer = await RawPeer.ready(fixture.port, 'reserved-filter');
      peer.write(subscribe(filter));
      expect([...(await peer.next(9)).body]).toEqual([0, 1, 0x80]);
      peer.destroy();
    },
  );

  test('[MQTT-3.8.4-5] SUBACK has one return code for each entry, even if a filter comes twice', async () => {
    const peer = await RawPeer.ready(fixture.port, 'twice');
    peer.subscribe(7, ['a', 0], ['b', 1], ['a', 2], ['$SYS/#', 1], ['$SYS/#', 1]);
    expect([...(await peer.next(9)).body]).toEqual([0, 7, 0, 1, 2, 0x80, 0x80]);
    expect(fixture.clients.get('twice')?.subscription('a')).toBe(2);
    peer.destroy();
  });
});

test.each(['\ufeffbom', 'ünïcödé', '\u{1f600}', ' '])('[MQTT-1.5.3-3] %j passes unchanged', async (topic) => {
  const peer = await RawPeer.ready(fixture.port, 'unicode');
  peer.subscribe(1, [topic, 0]);
  await peer.next(9);
  peer.publish(topic, 'x');
  expect((await peer.next(3)).topic).toBe(topic);
  peer.destroy();
});

test('a packet of the largest size, header included, passes; one byte more does not', async () => {
  const peer = await RawPeer.ready(fixture.port, 'large');
  // Header 4, topic 3, packet id 2.
  peer.publish('t', Buffer.alloc(256 * 1024 - 9), 1, 1);
  expect((await peer.next(4)).id).toBe(1);
  peer.publish('t', Buffer.alloc(256 * 1024 - 8), 1, 2);
  await peer.closed();
});

const puback = (id: number): number[] => [0x40, 2, id >> 8, id & 255];

/** Sends this many messages. Resolves with their packet ids. */
async function push(peer: RawPeer, id: string, amount: number, outcomes: string[]): Promise<number[]> {
  const client = fixture.clients.get(id);
  for (let n = 0; n < amount; n += 1) client?.send('$twin/desired', Buffer.from('{}'), 1, (one) => outcomes.push(one));
  const ids: number[] = [];
  for (let n = 0; n < amount; n += 1) ids.push((await peer.next(3)).id);
  return ids;
}

test('every PUBACK counts, however the bytes are cut and whatever packets are between them', async () => {
  let serial = 0;
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      cuts,
      async (amount, pings, sizes) => {
        serial += 1;
        const peer = await RawPeer.ready(fixture.port, `cut-${serial}`);
        const outcomes: string[] = [];
        const ids = await push(peer, `cut-${serial}`, amount, outcomes);
        const bytes = Buffer.from(ids.flatMap((id, n) => (pings[n] ? [...PINGREQ, ...puback(id)] : puback(id))));
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          peer.socket.write(bytes.subarray(at, at + size));
          at += size;
          await new Promise((resolve) => setImmediate(resolve));
        }
        await expect.poll(() => outcomes).toEqual(ids.map(() => 'acknowledged'));
        peer.destroy();
      },
    ),
    { numRuns: 40 },
  );
});

test('a PUBACK with the packet id 0 ends the connection', async () => {
  const peer = await RawPeer.ready(fixture.port, 'zero');
  peer.socket.write(Buffer.from(puback(0)));
  await peer.closed();
});

test('a PUBACK before CONNECT ends the connection', async () => {
  const peer = await RawPeer.open(fixture.port);
  peer.socket.write(Buffer.from(puback(1)));
  await peer.closed();
});
