import type { Registration } from '@muster/api';
import type { MusterProcess } from './muster-process.js';
import { RawClient } from './raw-client.js';

/** Milliseconds to the first desired message: from the PUT of the registration, and from the start of the connection. */
export interface JoinTimes {
  readonly total: number;
  readonly connected: number;
}

/** Registers a device, connects it, subscribes, and waits for the first desired message. */
export async function joinOnce(server: MusterProcess, id: string, registration: Registration = {}): Promise<JoinTimes> {
  const startedAt = performance.now();
  const { secret = '' } = await server.client.devices.register(id, registration);
  const registeredAt = performance.now();
  let received: () => void = () => {};
  const desired = new Promise<void>((resolve) => {
    received = resolve;
  });
  const login = { clientId: id, username: id, password: secret };
  const client = await RawClient.connect({ port: server.mqttPort, ...login, onPublish: () => received() });
  await client.subscribe('$twin/desired');
  await desired;
  const endedAt = performance.now();
  client.end();
  return { total: endedAt - startedAt, connected: endedAt - registeredAt };
}
