import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../../testing/open-edge.js';
import { frame, text } from '../../testing/raw-peer.js';

interface Reading {
  readonly fixture: EdgeFixture;
  /** The publishes that reached the hook, and the end of the connection. */
  readonly seen: unknown[];
}

let direct: Reading;
let parsed: Reading;

beforeAll(async () => {
  direct = await open(true);
  parsed = await open(false);
});
afterAll(async () => {
  await direct.fixture.close();
  await parsed.fixture.close();
});

async function open(readsDirectly: boolean): Promise<Reading> {
  const seen: unknown[] = [];
  const fixture = await openEdge({
    readsDirectly,
    limits: { packetBytesMax: 400 },
    hooks: {
      publish: (_, { topic, payload, qos, retain, dup }) => {
        seen.push({ topic, payload: payload.toString('latin1'), qos, retain, dup });
        return 'done';
      },
      disconnected: (_, reason) => seen.push(reason),
    },
  });
  return { fixture, seen };
}

/** Mostly valid topics, and all ways in which one is wrong. */
const topic = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('$twin/reported', 'a', 'ä/ö', 'x'.repeat(200)).map((one) => Buffer.from(one)),
  },
  { weight: 1, arbitrary: fc.constantFrom('', 'a/+', 'a\0b', '/'.repeat(40)).map((one) => Buffer.from(one)) },
  { weight: 1, arbitrary: fc.constant(Buffer.of(0xed, 0xa0, 0x80)) },
);
const publish = fc
  .record({
    flags: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 2, 3, 10) }, { weight: 1, arbitrary: fc.nat(15) }),
    topic,
    id: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 65_535 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 100, maxLength: 260 })),
  })
  .map(({ flags, topic: name, id, payload }) => {
    const idBytes = (flags & 6) > 0 ? [id >> 8, id & 0xff] : [];
    return frame(0x30 | flags, text(name), idBytes, Buffer.from(payload));
  });
const other = fc.constantFrom(
  Buffer.of(0xc0, 0),
  Buffer.of(0x40, 2, 0, 1),
  Buffer.of(0x40, 2, 0, 0),
  Buffer.of(0x62, 2, 0, 7),
  // A remaining length with a byte too many, a body without room for its topic, a body shorter than its topic.
  Buffer.of(0x30, 0x83, 0x00, 0, 1, 0x61),
  Buffer.of(0x30, 1, 0),
  Buffer.of(0x32, 3, 0, 9, 0x61),
  Buffer.of(0x32, 4, 0, 1, 0x61, 0),
  Buffer.of(0x30, 0),
);
const packets = fc.array(fc.oneof({ weight: 8, arbitrary: publish }, { weight: 1, arbitrary: other }), {
  minLength: 1,
  maxLength: 12,
});

/** Passes the bytes on in exactly these pieces, and returns everything that the edge made of them. */
async function outcomeOf({ fixture, seen }: Reading, bytes: Buffer, cuts: readonly number[]): Promise<unknown> {
  const sent: Buffer[] = [];
  const socket = new Duplex({
    read: () => {},
    write: (chunk, _, done) => {
      sent.push(chunk);
      done();
    },
  });
  fixture.edge.handle(socket);
  socket.push(frame(0x10, text('MQTT'), [4, 2, 0, 0], text('device')));
  while (!fixture.clients.has('device')) await turns(1);
  seen.length = 0;
  let start = 0;
  for (const cut of [...cuts, bytes.length].sort((left, right) => left - right)) {
    const end = Math.min(cut, bytes.length);
    if (end > start) socket.push(bytes.subarray(start, end));
    start = Math.max(start, end);
    await turns(4);
  }
  socket.destroy();
  while (fixture.clients.has('device')) await turns(1);
  return { seen: [...seen], sent: [...Buffer.concat(sent)] };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('both readers make the same of the same bytes, however they are cut', { timeout: 60_000 }, async () => {
  const cuts = fc.array(fc.nat(1_500), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(packets, cuts, async (list, at) => {
      const bytes = Buffer.concat(list);
      expect(await outcomeOf(direct, bytes, at)).toEqual(await outcomeOf(parsed, bytes, at));
    }),
    { numRuns: 300 },
  );
});
