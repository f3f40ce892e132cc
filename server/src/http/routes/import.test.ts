import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { MemoryStore, Registry } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import { LIMITS, TwinError } from '@muster/twin';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenApp, openApp, TOKEN } from '../../testing/open-app.js';
import { importLines } from './import.js';
import { readLines } from './lines.js';

const NDJSON = 'application/x-ndjson';

let open: OpenApp;
beforeEach(async () => {
  open = await openApp();
});
afterEach(() => open.close());

async function importText(body: string): Promise<Record<string, unknown>[]> {
  const { status, text } = await open.ask('POST', '/v1/devices:import', { body, type: NDJSON });
  expect(status).toBe(200);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

describe('an import', () => {
  it('answers line by line, in order, and bad lines stop no others', async () => {
    const lines = [
      '{"id":"a","tags":{"n":1}}',
      'this is not JSON',
      '{"id":"bad id"}',
      '{}',
      '[]',
      '{"id":"b","tags":{"__proto__":{}}}',
      '{"id":"c","tagz":{}}',
      '{"id":"a","tags":{"n":2}}',
      '',
      '{"id":"d"}\r',
    ];
    const results = await importText(lines.join('\n'));
    expect(results.map(({ id, status, code }) => [id, status, code])).toEqual([
      ['a', 201, undefined],
      [undefined, 400, 'malformed'],
      ['bad id', 400, 'bad-id'],
      [undefined, 400, 'bad-id'],
      [undefined, 400, 'malformed'],
      ['b', 400, 'bad-key'],
      ['c', 400, 'bad-request'],
      ['a', 200, undefined],
      ['d', 201, undefined],
    ]);
    expect(results[0]?.secret).toEqual(expect.any(String));
    expect(results[7]).not.toHaveProperty('secret');
    expect((await open.registry.devices.mustRead('a')).tags).toEqual({ n: 2 });
  });

  it('processes lines of one device in order, so that the last one wins', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ id: `d-${n % 2}`, tags: { n } }));
    const results = await importText(lines.join('\n'));
    expect(results.map(({ status }) => status)).toEqual([201, 201, ...Array.from({ length: 498 }, () => 200)]);
    expect((await open.registry.devices.mustRead('d-1')).tags).toEqual({ n: 499 });
  });

  it('refuses only the line that is too long, and answers nothing for an empty body', async () => {
    const long = `{"id":"long","tags":{"a":"${'x'.repeat(LIMITS.importLineBytesMax)}"}}`;
    const results = await importText(`{"id":"a"}\n${long}\n{"id":"b"}`);
    expect(results.map(({ status, code }) => [status, code])).toEqual([
      [201, undefined],
      [400, 'too-large'],
      [201, undefined],
    ]);
    expect(await importText('')).toEqual([]);
  });
});

describe('an import over a socket', () => {
  it('answers a line as soon as it is done, while the client is still sending', async () => {
    const { sending, answer } = await startImport();
    sending.write('{"id":"a"}\n');
    const lines = createInterface(await answer)[Symbol.asyncIterator]();
    expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ id: 'a', status: 201 });
    sending.write('{"id":"b"}\n');
    expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ id: 'b', status: 201 });
    sending.end();
    expect((await lines.next()).done).toBe(true);
  });

  it('stops when the client goes away', async () => {
    const { sending, answer } = await startImport();
    sending.write('{"id":"a"}\n{"id":"b"}\n{"id":"half');
    await once(await answer, 'data');
    sending.destroy();
    const connections = () =>
      new Promise((resolve) => open.app.server.getConnections((_error, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    expect((await open.ask('GET', '/v1/devices/half')).status).toBe(404);
    expect(open.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('importLines', () => {
  it('starts no more lines than the limit while the client reads no answers', async () => {
    let taken = 0;
    async function* lines() {
      for (taken = 0; taken < 5_000; taken += 1)
        yield { kind: 'line' as const, bytes: Buffer.from(`{"id":"d-${taken}"}`) };
    }
    const answers = importLines({ registry: open.registry, clock: Date, actor: OPERATOR }, lines());
    await answers.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeLessThan(300);
    let rest = 1;
    for await (const _line of answers) rest += 1;
    expect(rest).toBe(5_000);
  });

  it('ends with an error when the store cannot write', async () => {
    const store = new MemoryStore();
    store.update = () => Promise.reject(new TwinError('unavailable', 'the store cannot write'));
    const registry = await Registry.open({
      store,
      clock: { now: () => 0, after: () => () => {} },
      randomBytes: (count) => Buffer.alloc(count),
      checkCondition: () => {},
    });
    const answers = importLines(
      { registry, clock: Date, actor: OPERATOR },
      readLines(chunks('{"id":"a"}\n{"id":"b"}\n'), 100),
    );
    await expect(answers.next()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function startImport(): Promise<{ sending: ClientRequest; answer: Promise<IncomingMessage> }> {
  if (!open.app.server.listening) await open.app.listen({ port: 0 });
  const { port } = open.app.server.address() as AddressInfo;
  const sending = request({
    port,
    path: '/v1/devices:import',
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': NDJSON },
  });
  sending.on('error', () => {});
  const answer = once(sending, 'response').then(([response]) => response as IncomingMessage);
  return { sending, answer };
}
