import { beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { Inbox } from './support/inbox.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

const DESIRED = '$twin/desired';

const ofFile = Scope.ofFile();
const ofTest = Scope.ofTest();
let server: Server;

beforeAll(async () => {
  server = await Server.start(ofFile);
});

interface Joined {
  readonly id: string;
  readonly secret: string;
  readonly inbox: Inbox;
}

async function join(id: string, tags: Readonly<Record<string, string>> = {}): Promise<Joined> {
  const secret = await server.register(id, tags);
  const inbox = await Inbox.device(ofTest, server, id, secret);
  await inbox.subscribe(DESIRED, '$twin/accepted', '$twin/rejected');
  return { id, secret, inbox };
}

async function joinAll(prefix: string, count: number): Promise<Joined[]> {
  const fleet: Joined[] = [];
  for (let n = 0; n < count; n += 1) {
    fleet.push(await join(`${prefix}-${n}`, { region: n % 2 === 0 ? 'eu' : 'us' }));
  }
  return fleet;
}

/** Returns the document after every message, applied as PROTOCOL says. Throws if the chain of versions breaks. */
function documentOf({ inbox }: Joined): Record<string, unknown> {
  let [version, document]: [number, Record<string, unknown>] = [0, {}];
  for (const { json } of inbox.on(DESIRED)) {
    const { base, version: next, desired } = json as { base: number; version: number; desired: object };
    if (next === version) continue;
    expect([0, version]).toContain(base);
    expect(next).toBeGreaterThan(version);
    document = base === 0 ? (desired as Record<string, unknown>) : merged(document, desired);
    version = next;
  }
  return document;
}

/** For flat documents. */
function merged(document: Record<string, unknown>, patch: object): Record<string, unknown> {
  const entries = Object.entries({ ...document, ...patch });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function everybodyHas(fleet: readonly Joined[], document: object): Promise<void> {
  return eventually(() => {
    for (const one of fleet) expect(documentOf(one), one.id).toEqual(document);
  });
}

async function acknowledgeAll(fleet: readonly Joined[]): Promise<void> {
  for (const { inbox } of fleet) {
    const version = inbox.on(DESIRED).at(-1)?.json.version;
    await inbox.publish('$twin/reported', { applied: version });
  }
}

test('a configuration reaches present and future devices, and leaves with a change of tags or its deletion', async () => {
  const fleet = await joinAll('model-v3.1', 20);
  const others = await joinAll('model-v2', 6);
  const service = await Inbox.service(ofTest, server, 'deployer');
  await service.subscribe('configurations/limit-speed/status', 'twins/+/acknowledged');
  await service.publish('configurations/limit-speed/set', {
    targetCondition: "STARTS_WITH(device.name, 'model-v3.1') AND device.tags.region IN ['eu', 'us']",
    desiredProperties: { speed: 20 },
  });
  await everybodyHas(fleet, { speed: 20 });
  await acknowledgeAll(fleet);
  await service.next('configurations/limit-speed/status', ({ json }) => json.applied === 20 && json.pending === 0);
  expect(service.messages.filter(({ topic }) => topic.endsWith('/acknowledged'))).toHaveLength(20);

  const future = await joinAll('model-v3.1-late', 4);
  await everybodyHas([...fleet, ...future], { speed: 20 });
  const [mover, ...stayers] = fleet as [Joined, ...Joined[]];
  await server.client.devices.patch(mover.id, { tags: { region: 'moon' } });
  const gone = await mover.inbox.next(DESIRED, ({ json }) => json.version === 2);
  expect(gone.json).toEqual({ version: 2, base: 1, desired: { speed: null } });
  await server.client.devices.patch(mover.id, { tags: { region: 'us' } });
  await mover.inbox.next(DESIRED, ({ json }) => json.version === 3);

  await service.publish('configurations/limit-speed/set', '');
  for (const { inbox } of [...stayers, ...future]) {
    const { json } = await inbox.next(DESIRED, (message) => message.json.version === 2);
    expect(json).toEqual({ version: 2, base: 1, desired: { speed: null } });
  }
  await everybodyHas([...fleet, ...future, ...others], {});
  for (const { inbox } of others) expect(inbox.on(DESIRED)).toEqual([]);
});

test('a removed layer falls back to the next rank, and nothing is sent without a change', async () => {
  const [one] = (await joinAll('rank', 1)) as [Joined];
  const targetCondition = "device.id = 'rank-0'";
  const { configurations, devices } = server.client;
  await configurations.put('rank-base', { targetCondition, desiredProperties: { a: 1, b: 1 } });
  await everybodyHas([one], { a: 1, b: 1 });
  await configurations.put('rank-high', { targetCondition, desiredProperties: { a: 2 }, priority: 5 });
  await everybodyHas([one], { a: 2, b: 1 });
  await devices.patch('rank-0', { desired: { a: 3 } });
  await everybodyHas([one], { a: 3, b: 1 });
  await configurations.put('rank-high', { targetCondition, desiredProperties: { a: 9 }, priority: 5 });
  await devices.patch('rank-0', { desired: { a: null } });
  await everybodyHas([one], { a: 9, b: 1 });
  await configurations.remove('rank-high');
  await everybodyHas([one], { a: 1, b: 1 });
  await configurations.remove('rank-base');
  await everybodyHas([one], {});
  const versions = one.inbox.on(DESIRED).map(({ json }) => json.version);
  expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
});

test('reports are answered, get is answered, and a device that is removed is disconnected', async () => {
  const { inbox } = await join('talker');
  const service = await Inbox.service(ofTest, server, 'listener');
  await service.subscribe('twins/talker/+');
  await inbox.publish('$twin/get', {});
  expect((await inbox.next(DESIRED)).json).toEqual({ version: 0, base: 0, desired: {} });
  await inbox.publish('$twin/reported', { id: 'first', reported: { battery: 80, old: 1 } });
  expect((await inbox.next('$twin/accepted')).json).toEqual({ id: 'first', version: 1 });
  await inbox.publish('$twin/reported', { reported: { old: null } });
  const second = await service.next('twins/talker/reported', ({ json }) => json.version === 2);
  expect(second.json).toMatchObject({ patch: { old: null }, at: expect.any(String) });

  await inbox.publish('$twin/reported', { id: 'deep', applied: 99 });
  expect((await inbox.next('$twin/rejected')).json).toMatchObject({ id: 'deep', code: 'unknown-version' });
  await inbox.publish('$twin/reported', 'no json');
  await inbox.next('$twin/rejected', ({ json }) => json.code === 'malformed');

  await server.client.devices.remove('talker');
  await inbox.closed;
  await service.next('twins/talker/presence', ({ json }) => json.connected === false);
});

test('the error of a refused condition is reported to the service that published it', async () => {
  const service = await Inbox.service(ofTest, server, 'clumsy');
  const other = await Inbox.service(ofTest, server, 'bystander');
  for (const inbox of [service, other]) await inbox.subscribe('configurations/wrong/set/rejected');
  await service.publish('configurations/wrong/set', { targetCondition: 'device.tags.a-b = 1', desiredProperties: {} });
  const { json } = await service.next('configurations/wrong/set/rejected');
  expect(json).toMatchObject({ code: 'bad-condition', position: 12, hint: expect.stringContaining("['a-b']") });
  expect(other.messages).toEqual([]);
});

test('a device may not use topics of other devices', async () => {
  const { inbox } = await join('curious');
  for (const filter of ['twins/#', 'configurations/+/status', 'devices/other/#', '#', 'devices/+/x']) {
    await expect(inbox.subscribe(filter), filter).rejects.toThrow();
  }
  await inbox.publish('configurations/evil/set', { targetCondition: '*', desiredProperties: { evil: true } });
  await inbox.publish('twins/curious/desired/set', { evil: true });
  await inbox.publish('$twin/reported', { id: 'still-there', reported: {} });
  await inbox.next('$twin/accepted', ({ json }) => json.id === 'still-there');
  await expect(server.client.configurations.get('evil')).rejects.toMatchObject({ code: 'not-found' });
  expect(await server.client.devices.get('curious')).toMatchObject({ ownDesired: {}, desiredVersion: 0 });
});
