import type { FeedEvent } from '@muster/api';
import type { Clock } from '@muster/twin';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, disconnect, problem, Wire } from '../testing/wire.js';

let wire: Wire;
afterEach(() => wire.close());

const block = (id: string, event: string, data: unknown): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Sends the text and breaks the connection, or keeps it. */
function feed(text: string, { isKept = false } = {}): Parameters<typeof Wire.open>[0] {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    response.write(text, () => !isKept && response.socket?.end());
  };
}

async function take(changes: AsyncIterable<FeedEvent>, count: number): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of changes) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const presence = { device: 'd', connected: true, at: 't' };

describe('changes', () => {
  it('resumes after the last event when the connection breaks', async () => {
    const first = `${block('5-0', 'presence', presence)}${block('5-1', 'presence', presence)}id: 5-2\n`;
    wire = await Wire.open(
      feed(first),
      disconnect,
      problem(503, 'unavailable'),
      feed(block('5-2', 'gap', {}), { isKept: true }),
    );
    const events = await take(wire.client().changes({ after: '4' }), 3);
    expect(events).toEqual([
      { id: '5-0', event: 'presence', data: presence },
      { id: '5-1', event: 'presence', data: presence },
      { id: '5-2', event: 'gap', data: {} },
    ]);
    expect(wire.received.map(({ headers }) => headers['last-event-id'])).toEqual(['4', '5-1', '5-1', '5-1']);
  });

  it('resumes after a position without an event, or with an unknown one', async () => {
    wire = await Wire.open(
      feed('id: 7\n\n'),
      feed(block('8', 'news', {})),
      feed(block('9', 'presence', presence), { isKept: true }),
    );
    expect(await take(wire.client().changes(), 1)).toEqual([{ id: '9', event: 'presence', data: presence }]);
    expect(wire.received.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7', '8']);
  });

  it('yields a gap if it broke before it had a position', async () => {
    wire = await Wire.open(feed(': hello\n\n'), feed(block('1', 'presence', presence), { isKept: true }));
    const events = await take(wire.client().changes(), 2);
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ['gap', ''],
      ['presence', '1'],
    ]);
  });

  it('yields no gap if it was never open before', async () => {
    wire = await Wire.open(disconnect, feed(block('1', 'presence', presence), { isKept: true }));
    expect((await take(wire.client().changes(), 1)).map(({ event }) => event)).toEqual(['presence']);
  });

  it.each([
    { status: 401, code: 'unauthorized' },
    { status: 400, code: 'bad-request' },
  ])('throws $code', async ({ status, code }) => {
    wire = await Wire.open(problem(status, code));
    await expect(take(wire.client().changes(), 1)).rejects.toMatchObject({ code });
  });

  it('ends without an error when the signal aborts, connected or not', async () => {
    wire = await Wire.open(feed(block('1', 'presence', presence), { isKept: true }), answer(503, {}));
    for (const _ of ['connected', 'between']) {
      const ending = new AbortController();
      setTimeout(() => ending.abort(), 100);
      const events = await take(wire.client({ random: () => 0.999 }).changes({ signal: ending.signal }), 9);
      expect(events.length).toBeLessThan(2);
    }
  });

  it('reconnects when the feed is silent', async () => {
    let expire: () => void = () => {};
    const clock: Clock = {
      now: () => 0,
      after: (delayMs, work) => {
        if (delayMs < 10_000) queueMicrotask(work);
        else expire = work;
        return () => {};
      },
    };
    const silent = feed(block('1', 'presence', presence), { isKept: true });
    wire = await Wire.open(silent, feed(block('2', 'presence', presence), { isKept: true }));
    const changes = wire.client({ clock }).changes();
    expect((await changes.next()).value).toMatchObject({ id: '1' });
    const next = changes.next();
    expire();
    expect((await next).value).toMatchObject({ id: '2' });
    await changes.return();
  });
});
