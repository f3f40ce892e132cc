import { storyOf } from './configurations.js';
import { register } from './devices.js';
import { eventually, must, OldConnection } from './old-connection.js';

/** Ordinary MQTT: sessions of clients that are away or do not answer, retained messages, a will. */
export async function makeMessages(server) {
  await register(server, 'pump', { tags: { story: 'pump' } });
  const persistent = { clean: false };
  const away = await OldConnection.service(server, 'collector', persistent);
  await away.subscribe('devices/+/telemetry', 'twins/pump/#');
  await away.end();
  const silent = await OldConnection.service(server, 'silent-collector', persistent);
  await silent.subscribe('devices/+/telemetry');
  silent.ignore();
  const pump = await OldConnection.device(server, 'pump', persistent);
  await pump.subscribe('$twin/desired', 'devices/pump/command');
  for (const n of [1, 2, 3]) await pump.publish('devices/pump/telemetry', { n, text: 'Größe 🚰' });
  await pump.publish('devices/pump/telemetry', { n: 4 }, { qos: 2 });
  await pump.publish('devices/pump/state', 'on', { retain: true });
  await pump.report({ reported: { n: 1 } });
  await pump.end();
  await makeService(server);
  const will = { topic: 'devices/willing/gone', payload: Buffer.from('unexpected'), qos: 1, retain: false };
  await register(server, 'willing');
  await OldConnection.device(server, 'willing', { ...persistent, will });
  await eventually(async () => must((await server.client.devices.get('willing')).connected, 'nobody has a will'));
}

/** What a service writes over MQTT. */
async function makeService(server) {
  const service = await OldConnection.service(server, 'operator-1');
  await service.publish('devices/pump/command', { start: 1 });
  await service.publish('devices/pump/command', { start: 2 });
  await service.publish('devices/hall/note', { retained: 'Größe' }, { retain: true, qos: 0 });
  await service.publish('devices/hall/note-2', { retained: 2 }, { retain: true });
  await service.publish('twins/pump/desired/set', { valve: { open: 40 } });
  const phases = [{ percent: 50, wait: '1h' }, { percent: 100 }];
  const configuration = { targetCondition: storyOf('nobody'), desiredProperties: {}, rollout: { phases } };
  await service.publish('configurations/over-mqtt/set', configuration);
  await eventually(async () => must((await server.client.devices.get('pump')).desiredVersion === 1, 'the set is lost'));
  await eventually(() => server.client.configurations.get('over-mqtt'));
  await service.end();
}
