import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../../testing/open-edge.js';
import { frame, RawPeer, text } from '../../testing/raw-peer.js';

let fixture: EdgeFixture;
const open = async (...overrides: Parameters<typeof openEdge>): Promise<EdgeFixture> => {
  fixture = await openEdge(...overrides);
  return fixture;
};
afterEach(() => fixture.close());

describe('authentication', () => {
  test.each<[string, number, () => Promise<{ refused: 4 | 5 } | { principal: string }>]>([
    ['refused as bad credentials', 4, async () => ({ refused: 4 })],
    ['refused as not allowed', 5, async () => ({ refused: 5 })],
    ['a hook that rejects', 3, () => Promise.reject(new Error('no database'))],
    [
      'a hook that throws',
      3,
      () => {
        throw new Error('no database');
      },
    ],
    ['a hook that never answers', 3, () => new Promise(() => {})],
  ])('%s: CONNACK %i, closed', async (_, code, authenticate) => {
    const { port, events } = await open({ hooks: { authenticate }, limits: { authenticateTimeoutMs: 20 } });
    const peer = await RawPeer.open(port);
    peer.connect('a', { keepAliveSeconds: 1 });
    await peer.closed();
    expect(peer.frames.map((one) => [one.type, ...one.body])).toEqual([[2, 0, code]]);
    expect(events).toEqual([]);
  });

  test('a will on a forbidden topic is refused with CONNACK 5', async () => {
    const { port } = await open({ hooks: { mayWill: (_, topic) => topic !== 'secret' } });
    const peer = await RawPeer.open(port);
    peer.connect('a', { will: { topic: 'secret', payload: 'x' } });
    await peer.closed();
    expect(peer.frames.map((one) => [...one.body])).toEqual([[0, 5]]);
  });

  test('the hook gets the credentials and the address', async () => {
    const requests: object[] = [];
    const { port } = await open({
      hooks: {
        authenticate: async (request) => {
          requests.push(request);
          return { principal: 'p' };
        },
      },
    });
    await RawPeer.ready(port, 'a', { username: 'u', password: 'p' });
    const expected = {
      clientId: 'a',
      username: 'u',
      password: Buffer.from('p'),
      clean: true,
      remoteAddress: '127.0.0.1',
    };
    expect(requests).toEqual([expected]);
  });

  test.each([
    ['says nothing', false],
    ['sends CONNECT a byte at a time', true],
  ])('a socket that %s is closed after the connect timeout', async (_, drips) => {
    const { port, edge } = await open({ limits: { connectTimeoutMs: 60 } });
    const peer = await RawPeer.open(port);
    const bytes = frame(0x10, text('MQTT'), [4, 2, 0, 0], text('a'.repeat(5000)));
    let at = 0;
    const timer = setInterval(() => drips && peer.write(bytes.subarray(at, ++at)), 5);
    await peer.closed();
    clearInterval(timer);
    expect(at).toBeLessThan(bytes.length);
    expect(edge.counters.connectionsFaulted).toBe(1);
  });
});
