import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { OldConnection } from './old-connection.js';

const SILENCE_MS = 500;
const ATTEMPTS_MAX = 10;

/** What the server answers to everything that can be asked, once it answers the same twice. */
export async function readAnswers(server) {
  let before = await readOnce(server);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const after = await readOnce(server);
    if (isDeepStrictEqual(before, after)) return after;
    before = after;
  }
  throw new Error('the server does not come to rest');
}

async function readOnce(server) {
  const { client } = server;
  const [devices, configurations] = await Promise.all([idsOf(client.devices), idsOf(client.configurations)]);
  const [retained, changes] = await Promise.all([readRetained(server), readChanges(client)]);
  return {
    devices: await readEach(devices, (id) => client.devices.getWithETag(id)),
    explanations: await readEach(devices, (id) => client.devices.explain(id)),
    configurations: await readEach(configurations, (id) => client.configurations.getWithETag(id)),
    statuses: await readEach(configurations, (id) => client.configurations.status(id)),
    retained,
    changes,
  };
}

async function idsOf(resources) {
  const ids = [];
  for await (const { id } of resources.list()) ids.push(id);
  return ids;
}

async function readEach(ids, read) {
  return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await read(id)])));
}

async function readRetained(server) {
  const reader = await OldConnection.service(server, 'reader-of-retained');
  await reader.subscribe('devices/#', 'configurations/+/status');
  await pause(SILENCE_MS);
  await reader.end();
  return reader.messages.toSorted((left, right) => (left.topic < right.topic ? -1 : 1));
}

/** From the first change until nothing more comes. */
async function readChanges(client) {
  const ended = new AbortController();
  const changes = [];
  let ending = setTimeout(() => ended.abort(), 10 * SILENCE_MS);
  for await (const change of client.changes({ after: '0', signal: ended.signal })) {
    changes.push(change);
    clearTimeout(ending);
    ending = setTimeout(() => ended.abort(), SILENCE_MS);
  }
  return changes;
}
