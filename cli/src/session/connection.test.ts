import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, type ConnectionOptions, findConnection, requireToken } from './connection.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function find(options: ConnectionOptions = {}, environment: Record<string, string> = {}): Connection {
  return findConnection(options, { environment: { MUSTER_DATA_DIR: folder, ...environment }, workingDirectory: '/' });
}

function announce(http = 'http://127.0.0.1:9090', mqtt = 'mqtt://127.0.0.1:9091'): void {
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ http, mqtt, pid: 1 }));
  writeFileSync(join(folder, 'admin.token'), 'local-token\n');
}

test('defaults to a server on this machine', () => {
  expect(find()).toMatchObject({ url: 'http://127.0.0.1:8080', mqttUrl: 'mqtt://127.0.0.1:1883', token: undefined });
});

test('a running server is found by its data directory', () => {
  announce();
  const found = { url: 'http://127.0.0.1:9090', mqttUrl: 'mqtt://127.0.0.1:9091', token: 'local-token' };
  expect(find()).toMatchObject(found);
});

test('options take precedence over the environment, and that over the data directory', () => {
  announce();
  writeFileSync(join(folder, 'other.token'), 'other-token');
  const environment = { MUSTER_URL: 'http://127.0.0.1:2/', MUSTER_TOKEN: 'environment-token' };
  expect(find({}, environment)).toMatchObject({ url: 'http://127.0.0.1:2', token: 'environment-token' });
  const options = { server: 'https://fleet.test', tokenFile: join(folder, 'other.token'), mqtt: 'mqtts://m:1' };
  expect(find(options, environment)).toMatchObject({
    url: options.server,
    mqttUrl: options.mqtt,
    token: 'other-token',
  });
});

test('the local token is sent to this machine and to the announced address only', () => {
  announce('http://10.0.0.5:8080');
  expect(find()).toMatchObject({ token: 'local-token' });
  for (const server of ['http://localhost:1', 'http://127.0.0.9', 'http://[::1]:8080']) {
    expect(find({ server }).token).toBe('local-token');
  }
  for (const server of ['http://10.0.0.6:8080', 'https://127.0.0.1.example.org', 'http://localhost.example.org']) {
    expect(find({ server }).token).toBeUndefined();
    expect(() => requireToken(find({ server }))).toThrow('not sent to other machines');
  }
});

test('MQTT of another server is on the host of its HTTP', () => {
  announce();
  expect(find({ server: 'http://fleet.test:8080' }).mqttUrl).toBe('mqtt://fleet.test:1883');
});

test('a broken server.json is ignored', () => {
  writeFileSync(join(folder, 'server.json'), '{"http":');
  expect(find().url).toBe('http://127.0.0.1:8080');
});
