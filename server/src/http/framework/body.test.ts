import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { LIMITS } from '@muster/twin';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenApp, openApp, TOKEN } from '../../testing/open-app.js';
import { readObject } from './body.js';

let open: OpenApp;
beforeEach(async () => {
  open = await openApp();
  await open.app.listen({ port: 0 });
});
afterEach(() => open.close());

const head = (length: number) =>
  `PUT /v1/devices/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

async function connected() {
  const socket = connect((open.app.server.address() as AddressInfo).port);
  await once(socket, 'connect');
  const heard = { text: '' };
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      heard.text += chunk.toString();
    });
  return { socket, heard };
}

it('a body that is too long gets a problem, and the connection continues', async () => {
  const { socket, heard } = await connected();
  const body = `"${'x'.repeat(4 * LIMITS.httpBodyBytesMax)}"`;
  socket.write(head(body.length) + body);
  await expect.poll(() => heard.text).toMatch(/^HTTP\/1\.1 413 [\s\S]*body-too-large/);
  socket.write(`${head(2)}{}`);
  await expect.poll(() => heard.text).toMatch(/HTTP\/1\.1 201 /);
  socket.destroy();
});

it('bytes that are not HTTP get a problem too', async () => {
  const { socket, heard } = await connected();
  socket.write('nonsense\r\n\r\n');
  await expect.poll(() => heard.text).toMatch(/^HTTP\/1\.1 400 [\s\S]*problem\+json[\s\S]*bad-request/);
  socket.destroy();
});

it('a body that does not arrive is not waited for', async () => {
  const payload = new PassThrough();
  payload.write('{"a":');
  await expect(readObject(payload, 1)).rejects.toMatchObject({ code: 'bad-request' });
  expect(payload.destroyed).toBe(true);
});

it('a truncated body stores nothing and is not an internal error', async () => {
  const { socket } = await connected();
  socket.end(`${head(100)}{"tags"`);
  await once(socket, 'close');
  expect((await open.ask('GET', '/v1/devices/a')).status).toBe(404);
  expect(open.logged.filter(({ level }) => level === 'error')).toEqual([]);
});
