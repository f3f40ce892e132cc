import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { type EdgeFixture, openEdge } from '../testing/open-edge.js';

const run = promisify(execFile);
let fixture: EdgeFixture;
afterEach(() => fixture.close());

test.each([4, 3] as const)('MQTT.js works at protocol level %i', async (protocolVersion) => {
  fixture = await openEdge();
  const url = `mqtt://127.0.0.1:${fixture.port}`;
  const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
  const client = await connectAsync(url, { clientId: 'a', protocolVersion, protocolId, clean: false });
  const got: string[] = [];
  client.on('message', (topic, payload, { qos, retain }) => got.push(`${topic} ${payload} ${qos} ${retain}`));
  await client.publishAsync('kept/x', 'retained', { qos: 1, retain: true });
  await client.subscribeAsync({ 'kept/#': { qos: 1 }, 'live/+': { qos: 2 } });
  for (const qos of [0, 1, 2] as const) await client.publishAsync('live/x', `${qos}`, { qos });
  await expect
    .poll(() => got)
    .toEqual(['kept/x retained 1 true', 'live/x 0 0 false', 'live/x 1 1 false', 'live/x 2 2 false']);
  expect(await client.unsubscribeAsync('live/+')).toBeDefined();
  await client.endAsync();
  await expect.poll(() => fixture.events.at(-1)).toBe('disconnected a: disconnected');
});

test('MQTT.js at version 5 is refused', async () => {
  fixture = await openEdge();
  const options = { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 2000 } as const;
  await expect(connectAsync(`mqtt://127.0.0.1:${fixture.port}`, options, false)).rejects.toThrow();
  expect(fixture.events).toEqual([]);
});

test('mosquitto_pub and mosquitto_sub exchange messages at every QoS, and receive queued ones', async () => {
  fixture = await openEdge();
  const to = ['-p', `${fixture.port}`, '-h', '127.0.0.1'];
  const session = ['-i', 'sub', '-c', '-q', '2', '-t', 'm/#'];
  await run('mosquitto_sub', [...to, ...session, '-E']);
  await run('mosquitto_pub', [...to, '-q', '1', '-t', 'm/away', '-m', 'queued']);
  const subscriber = spawn('mosquitto_sub', [...to, ...session, '-C', '4', '-F', '%t %p %q']);
  const exit = once(subscriber, 'close');
  let output = '';
  subscriber.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await expect.poll(() => output, { timeout: 5000 }).toBe('m/away queued 1\n');
  for (const qos of ['0', '1', '2']) {
    await run('mosquitto_pub', [...to, '-q', qos, '-t', `m/${qos}`, '-m', `at ${qos}`]);
  }
  const [code] = await exit;
  expect(code).toBe(0);
  expect(output.trim().split('\n')).toEqual(['m/away queued 1', 'm/0 at 0 0', 'm/1 at 1 1', 'm/2 at 2 2']);
});
