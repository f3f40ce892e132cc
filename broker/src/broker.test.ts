import { type AddressInfo, createServer, type Server } from 'node:net';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { afterEach, expect, test } from 'vitest';
import { Broker } from './broker.js';
import { RawPeer } from './testing/index.js';

const SECRET = 'a secret of enough characters';

interface World {
  readonly broker: Broker;
  readonly server: Server;
  readonly port: number;
  readonly logged: { readonly message: string; readonly details: unknown }[];
}

let world: World | undefined;
afterEach(async () => {
  world?.server.close();
  await world?.broker.stop();
});

async function open(): Promise<World> {
  const clock = new FakeClock();
  const registry = await openRegistry({ clock });
  await registry.devices.register(OPERATOR, 'd-1', { auth: { type: 'secret', secret: SECRET } });
  const logged: World['logged'] = [];
  const broker = await Broker.start({
    registry,
    clock,
    log: (_, message, details) => logged.push({ message, details }),
    head: 0,
    wereConnected: [],
    isToken: (token) => Buffer.from(token).toString() === 'a-token',
  });
  const server = createServer((socket) => broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world = { broker, server, port: (server.address() as AddressInfo).port, logged };
  return world;
}

test.each([
  ['d-1', 'd-1', SECRET, 'devices/d-2/x'],
  ['backend', 'token', 'a-token', 'elsewhere/#'],
])('a refused subscription is logged with its client: %s', async (client, username, password, filter) => {
  const { port, logged, broker } = await open();
  const peer = await RawPeer.ready(port, client, { username, password });
  peer.subscribe(1, [filter, 1]);
  expect([...(await peer.next(9)).body]).toEqual([0, 1, 0x80]);
  expect(logged).toEqual([{ message: 'a subscription was refused', details: { client, filter } }]);
  expect(broker.counters.forbiddenFilters).toBe(1);
  peer.destroy();
});
