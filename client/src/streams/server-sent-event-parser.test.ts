import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../transport/decode-text.js';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-event-parser.js';

const event = (data: string, name = 'message', id = ''): ServerSentEvent => ({ event: name, data, id });

describe('ServerSentEventParser', () => {
  it.each([
    { name: 'an event', text: 'event: a\nid: 1\ndata: x\n\n', events: [event('x', 'a', '1')] },
    { name: 'any order and no space', text: 'data:x\nid:1\nevent:a\n\n', events: [event('x', 'a', '1')] },
    { name: 'only the first space goes', text: 'data:  x\n\n', events: [event(' x')] },
    { name: 'several lines of data', text: 'data: x\ndata\ndata: y\n\n', events: [event('x\n\ny')] },
    { name: 'CR and CR LF', text: 'data: x\r\rdata: y\r\n\r\n', events: [event('x'), event('y')] },
    { name: 'comments and unknown fields', text: ': hi\nretry: 5\nfoo: 1\ndata: x\n\n', events: [event('x')] },
    { name: 'no data, no event', text: 'event: a\n\ndata: x\n\n', events: [event('x')] },
    {
      name: 'the id stays',
      text: 'id: 1\ndata: x\n\ndata: y\n\n',
      events: [event('x', 'message', '1'), event('y', 'message', '1')],
    },
    { name: 'an incomplete event is none', text: 'data: x\n\nid: 2\ndata: y\n', events: [event('x')] },
    { name: 'an id with NUL is none', text: 'id: 1\0\ndata: x\n\n', events: [event('x')] },
  ])('reads $name', ({ text, events }) => {
    expect(new ServerSentEventParser().push(text)).toEqual(events);
  });

  it('takes the resume position from a block with only an id, once it is complete', () => {
    const parser = new ServerSentEventParser();
    parser.push('id: 7\n');
    expect(parser.lastEventId).toBe('');
    parser.push('\n');
    expect(parser.lastEventId).toBe('7');
  });

  it('parses the same events however their bytes are split', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replace(/[\r\n\0]/g, ''));
    const item = fc.record({
      event: line.filter((text) => text !== ''),
      data: fc.array(line, { minLength: 1, maxLength: 3 }),
      id: line.filter((text) => text !== ''),
    });
    const end = fc.constantFrom('\n', '\r', '\r\n');
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 4 }), end, fc.array(fc.nat(40)), async (items, lineEnd, cuts) => {
        const text = items.map((one) => written(one, lineEnd)).join('');
        const parser = new ServerSentEventParser();
        const events: ServerSentEvent[] = [];
        for await (const piece of decodeText('test', respond(text, cuts))) events.push(...parser.push(piece));
        expect(events).toEqual(items.map(({ data, event: name, id }) => event(data.join('\n'), name, id)));
      }),
      { numRuns: 300 },
    );
  });
});

function written(item: { event: string; data: string[]; id: string }, lineEnd: string): string {
  const data = item.data.map((line) => `data: ${line}`);
  return [`id: ${item.id}`, `event: ${item.event}`, ...data, '', ''].join(lineEnd);
}

/** A response whose body arrives in pieces of the given sizes. */
function respond(text: string, cuts: readonly number[]): Response {
  const bytes = new TextEncoder().encode(text);
  let [start, turn] = [0, 0];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (start >= bytes.length) return controller.close();
      const size = (cuts[turn % Math.max(cuts.length, 1)] ?? 7) + 1;
      controller.enqueue(bytes.slice(start, start + size));
      start += size;
      turn += 1;
    },
  });
  return new Response(body);
}
