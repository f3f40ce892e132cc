import { eventually, must, OldConnection, secretOf } from './old-connection.js';

const NESTED = {
  firmware: { version: '3.1.0', slots: [{ name: 'a', isActive: true }, { name: 'b' }] },
  numbers: [0, -0.5, 1e21, 5e-324, 1.7976931348623157e308, 9007199254740991, -9007199254740991],
  texts: ['', 'Größe', '温度', '🚰', 'a "quoted" \\ text', '\u2028\t\n', 'x'.repeat(300)],
  keys: { constructor: 1, $x: 2, 'a.b': 3, 'a b': 4, 10: 'ten', 2: 'two' },
  empty: { object: {}, list: [] },
  switch: [true, false, null],
};

/** Devices in every shape that has nothing to do with configurations, and what is left of deleted ones. */
export async function makeDevices(server) {
  await makeRegistered(server);
  await makeReporting(server);
  await makeAcknowledging(server);
  await makeDeleted(server);
}

export function register({ client }, id, registration = {}) {
  return client.devices.register(id, { auth: { type: 'secret', secret: secretOf(id) }, ...registration });
}

async function makeRegistered(server) {
  const { client } = server;
  await client.devices.register('generated-secret', {});
  await register(server, 'disabled', { enabled: false, tags: { story: 'disabled' } });
  await register(server, 'shaped', {
    name: 'Größe "1" \\ 🚰',
    tags: { site: { hall: 'Süd', floor: -2 }, list: [1, 'two', null, { three: 3.5 }], absent: null, on: true },
    desired: { speed: 5, wifi: { ssid: 'hall', legacy: null }, mask: null, steps: [{ to: 1 }, null] },
  });
  await client.devices.patch('shaped', { tags: { added: 'later' }, desired: { speed: 6, wifi: { band: 5 } } });
  await register(server, 'other-secret');
  await register(server, 'other-secret', { auth: { type: 'secret', secret: `${secretOf('other-secret')}-2` } });
  const lines = ['imported-1', 'imported-2'].map((id) => ({ id, name: id.toUpperCase(), tags: { site: 'import' } }));
  for await (const { status } of client.devices.import(lines)) must(status === 201, 'a line was not imported');
}

async function makeReporting(server) {
  await register(server, 'reporting');
  const device = await OldConnection.device(server, 'reporting');
  await device.report({ reported: NESTED });
  await device.report({ reported: { switch: null, firmware: { slots: [], next: { at: 1.25 } } } });
  await device.end();
}

async function makeAcknowledging(server) {
  const answers = {
    'said-applied': ({ version }) => ({ applied: version }),
    'said-failed': ({ version }) => ({ failed: version, error: 'kein Platz: 3 "MB" fehlen' }),
    'said-failed-only': ({ version }) => ({ failed: version }),
    'said-nothing': () => undefined,
    'said-once': ({ version }, count) => (count === 0 ? { applied: version } : undefined),
  };
  for (const [id, answer] of Object.entries(answers)) {
    await register(server, id, { desired: { step: 0 } });
    const device = await OldConnection.answering(server, id, answer);
    await eventually(() => must(device.messages.length > 0, `${id} was sent nothing`));
    const isAnswering = id !== 'said-nothing';
    await eventually(async () => {
      must((await server.client.devices.get(id)).acknowledged || !isAnswering, `${id} did not answer`);
    });
    if (id === 'said-once') await takeSteps(server, id, device);
    await device.end();
  }
}

/** More steps than the way back to the acknowledged version holds. */
async function takeSteps({ client }, id, device) {
  for (let step = 1; step <= 6; step += 1) {
    await client.devices.patch(id, { desired: { step, [`step-${step}`]: { of: 6 } } });
    await eventually(() => must(device.messages.length === step + 1, `${id} was not sent step ${step}`));
  }
}

async function makeDeleted(server) {
  await makeLife(server, 'deleted', 3);
  await server.client.devices.remove('deleted');
  await makeLife(server, 'reborn', 2);
  await server.client.devices.remove('reborn');
  await makeLife(server, 'reborn', 1);
  await register(server, 'deleted-blank');
  await server.client.devices.remove('deleted-blank');
  await register(server, 'deleted-connected');
  const device = await OldConnection.device(server, 'deleted-connected');
  await eventually(async () => {
    must((await server.client.devices.get('deleted-connected')).connected, 'a device is not connected');
  });
  const closed = new Promise((resolve) => device.client.once('close', resolve));
  await server.client.devices.remove('deleted-connected');
  await closed;
}

/** A registered device with so many versions of desired and one more of reported. */
async function makeLife(server, id, steps) {
  await register(server, id, { desired: { step: 0 } });
  const device = await OldConnection.answering(server, id, ({ version }) => ({ applied: version }));
  const { desiredVersion } = await eventually(async () => {
    const view = await server.client.devices.get(id);
    must(view.acknowledged?.version === view.desiredVersion, `${id} did not apply its document`);
    return view;
  });
  for (let step = 1; step < steps; step += 1) {
    await server.client.devices.patch(id, { desired: { step } });
    await eventually(async () => {
      const { acknowledged } = await server.client.devices.get(id);
      must(acknowledged.version === desiredVersion + step, `${id} did not apply step ${step}`);
    });
  }
  for (let step = 0; step <= steps; step += 1) await device.report({ reported: { step } });
  await device.end();
}
