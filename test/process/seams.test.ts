import { beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { Inbox } from './support/inbox.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

/** The boundary between two incarnations: of a device, a session, or the server. */
const ofFile = Scope.ofFile();
const ofTest = Scope.ofTest();
let server: Server;

beforeAll(async () => {
  server = await Server.start(ofFile);
});

test('a device that is deleted and registered again at once loses its earlier connection', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = `reborn-${round}`;
    const inbox = await Inbox.device(ofTest, server, id, await server.register(id, {}));
    const [, { secret = '' }] = await Promise.all([server.client.devices.remove(id), register(id)]);
    await eventually(() => expect(inbox.mqtt.connected).toBe(false));
    const again = await Inbox.device(ofTest, server, id, secret);
    await eventually(async () => expect((await server.client.devices.get(id)).connected).toBe(true));
    await again.mqtt.endAsync();
  }
});

/** Registers again once the old registration is gone: until then the PUT is a replacement without a secret. */
async function register(id: string): Promise<{ secret?: string }> {
  const { secret } = await server.client.devices.register(id, {});
  return secret === undefined ? register(id) : { secret };
}

test('a device that is registered again does not inherit the MQTT session', async () => {
  const persistent = { clean: false };
  const first = await Inbox.device(ofTest, server, 'heir', await server.register('heir', {}), persistent);
  await first.subscribe('devices/heir/#');
  await server.client.devices.remove('heir');
  await eventually(() => expect(first.mqtt.connected).toBe(false));
  const operator = await Inbox.service(ofTest, server, 'operator');
  await operator.publish('devices/heir/command', 'for the dead');
  const secret = await server.register('heir', {});
  const second = await Inbox.device(ofTest, server, 'heir', secret, persistent);
  await second.subscribe('devices/heir/#');
  await operator.publish('devices/heir/command', 'for the living');
  await eventually(() => expect(second.on('devices/heir/command')).toHaveLength(1));
  expect(second.on('devices/heir/command')[0]?.text).toBe('for the living');
});

test('a device that is registered again does not inherit retained messages', async () => {
  const first = await Inbox.device(ofTest, server, 'legator', await server.register('legator', {}));
  await first.mqtt.publishAsync('devices/legator/state', 'of the dead', { qos: 1, retain: true });
  const operator = await Inbox.service(ofTest, server, 'heir-watcher');
  await operator.subscribe('devices/legator/#');
  await eventually(() => expect(operator.on('devices/legator/state').map(({ text }) => text)).toEqual(['of the dead']));
  await server.client.devices.remove('legator');
  await eventually(() => expect(operator.on('devices/legator/state').at(-1)?.text).toBe(''));
  const second = await Inbox.device(ofTest, server, 'legator', await server.register('legator', {}));
  await second.subscribe('devices/legator/#');
  await second.mqtt.publishAsync('devices/legator/event', 'of the living', { qos: 1 });
  await eventually(() => expect(second.on('devices/legator/event')).toHaveLength(1));
  expect(second.on('devices/legator/state')).toEqual([]);
});

test('a resumed session that subscribes again gets a patch from the version it acknowledged', async () => {
  const secret = await server.register('again', {});
  const first = await Inbox.device(ofTest, server, 'again', secret, { clean: false });
  await first.subscribe('$twin/desired');
  await server.client.devices.patch('again', { desired: { n: 1 } });
  await eventually(() => expect(first.on('$twin/desired')).toHaveLength(1));
  await first.publish('$twin/reported', '{"applied":1}');
  await first.mqtt.endAsync();
  await server.client.devices.patch('again', { desired: { n: 2 } });
  const second = await Inbox.device(ofTest, server, 'again', secret, { clean: false });
  await eventually(() => expect(second.on('$twin/desired')).toHaveLength(1));
  await second.mqtt.unsubscribeAsync('$twin/desired');
  await second.subscribe('$twin/desired');
  await eventually(() => expect(second.on('$twin/desired')).toHaveLength(2));
  expect(second.on('$twin/desired')[1]?.json).toMatchObject({ base: 1, version: 2 });
});

test('a service that is away during a power cut gets the events since then', async () => {
  const secret = await server.register('seen', {});
  const device = await Inbox.device(ofTest, server, 'seen', secret);
  const listener = await Inbox.service(ofTest, server, 'listener', { clean: false });
  await listener.subscribe('twins/seen/#');
  await listener.mqtt.endAsync();
  await server.end('SIGKILL');
  await device.mqtt.endAsync(true);
  server = await server.again(ofFile);
  const back = await Inbox.device(ofTest, server, 'seen', secret);
  await back.publish('$twin/reported', '{"reported":{"n":1}}');
  const resumed = await Inbox.service(ofTest, server, 'listener', { clean: false });
  await eventually(() => {
    const presence = resumed.on('twins/seen/presence').map(({ json }) => (json as { connected: boolean }).connected);
    expect(presence).toEqual([false, true]);
    expect(resumed.on('twins/seen/reported')).toHaveLength(1);
  });
});

test('the status of a configuration that was deleted just before a power cut is not retained', async () => {
  await server.client.configurations.put('gone', { targetCondition: '*', desiredProperties: {} });
  const watcher = await Inbox.service(ofTest, server, 'watcher');
  await watcher.subscribe('configurations/gone/status');
  await eventually(() => expect(watcher.on('configurations/gone/status').length).toBeGreaterThan(0));
  await server.client.configurations.remove('gone');
  await server.end('SIGKILL');
  await watcher.mqtt.endAsync(true);
  server = await server.again(ofFile);
  const late = await Inbox.service(ofTest, server, 'late');
  await late.subscribe('configurations/+/status');
  await server.client.configurations.put('here', { targetCondition: '*', desiredProperties: {} });
  await eventually(() => expect(late.on('configurations/here/status').length).toBeGreaterThan(0));
  expect(late.on('configurations/gone/status').filter(({ text }) => text !== '')).toEqual([]);
});
