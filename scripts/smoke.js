// One short story against the programs and packages that are installed in the working directory:
// start the server, connect a device, apply a configuration, report, read it back, stop.
import { strict as assert } from 'node:assert';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from '@muster/client';
import { Device } from '@muster/device-sdk';

const [, , starter = 'muster-server'] = process.argv;
const programs = join(process.cwd(), 'node_modules/.bin');
const folder = mkdtempSync(join(tmpdir(), 'muster-smoke-'));
const env = { ...process.env, MUSTER_DATA_DIR: folder, MUSTER_MQTT_PORT: '0', MUSTER_HTTP_PORT: '0' };
const server = spawn(join(programs, starter === 'up' ? 'muster' : starter), starter === 'up' ? ['up'] : [], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.once('exit', resolve));
// Every step takes less than a second; a step that never ends must not hang the caller.
setTimeout(() => fail(new Error('the smoke took longer than a minute')), 60_000).unref();

try {
  await tellStory(await addresses());
  server.kill('SIGTERM');
  assert.equal(await ended, 0, 'the exit code of the server');
  rmSync(folder, { recursive: true });
  console.log(`smoke: ${starter} passed on Node ${process.version}`);
} catch (error) {
  fail(error);
}

async function addresses() {
  const found = {};
  for await (const line of createInterface(server.stdout)) {
    const [, kind, url] = /^muster: (MQTT|HTTP) at (\S+)$/.exec(line) ?? [];
    if (kind !== undefined) found[kind] = url;
    if (line === 'muster: ready') return found;
  }
  throw new Error('the server ended before it was ready');
}

async function tellStory({ MQTT: mqttUrl, HTTP: url }) {
  const client = new Client({ url, token: readFileSync(join(folder, 'admin.token'), 'utf8').trim() });
  const { stdout: secret } = await muster('register', 'truck-1');
  const device = await Device.connect({ url: mqttUrl, id: 'truck-1', secret: secret.trim() });
  const desired = new Promise((resolve) => device.onDesired((_patch, document) => resolve(document)));
  await device.report({ firmware: '3.1.0' });
  const file = join(folder, 'limit-speed.json');
  writeFileSync(
    file,
    JSON.stringify({
      id: 'limit-speed',
      targetCondition: 'IS_DEFINED(device.reported.firmware)',
      desiredProperties: { speed: 20 },
    }),
  );
  await muster('apply', '-f', file, '--yes');
  assert.deepEqual(await desired, { speed: 20 });
  await device.close();
  const { reported, desired: stored } = await client.devices.get('truck-1');
  assert.deepEqual([reported, stored], [{ firmware: '3.1.0' }, { speed: 20 }]);
  assert.equal((await fetch(`${url}/docs/static/index.html`)).status, 200, 'the status of the API pages');
}

function muster(...words) {
  return promisify(execFile)(join(programs, 'muster'), words, { env });
}

function fail(error) {
  console.error(error);
  server.kill('SIGKILL');
  process.exit(1);
}
