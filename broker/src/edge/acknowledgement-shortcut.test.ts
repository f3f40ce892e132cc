import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../testing/open-edge.js';
import { RawPeer } from '../testing/raw-peer.js';

const PINGREQ = [0xc0, 0];
let fixture: EdgeFixture;

beforeAll(async () => {
  fixture = await openEdge();
});
afterAll(() => fixture.close());

const puback = (id: number): number[] => [0x40, 2, id >> 8, id & 255];

/** Sends so many messages; resolves with the ids that the peer was given. */
async function push(peer: RawPeer, id: string, amount: number, outcomes: string[]): Promise<number[]> {
  const client = fixture.edge.client(id);
  for (let n = 0; n < amount; n += 1) client?.send('$twin/desired', Buffer.from('{}'), 1, (one) => outcomes.push(one));
  const ids: number[] = [];
  for (let n = 0; n < amount; n += 1) ids.push((await peer.next(3)).id);
  return ids;
}

test('however the bytes are cut, and whatever stands between them, every PUBACK counts', async () => {
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

test('a PUBACK with the packet id 0 is a fault, as everywhere', async () => {
  const peer = await RawPeer.ready(fixture.port, 'zero');
  peer.socket.write(Buffer.from(puback(0)));
  await peer.closed();
});

test('a PUBACK before CONNECT ends the connection', async () => {
  const peer = await RawPeer.open(fixture.port);
  peer.socket.write(Buffer.from(puback(1)));
  await peer.closed();
});
