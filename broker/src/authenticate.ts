import { API_TOKEN, deviceActor, type Principal, type Registry } from '@muster/registry';
import type { AuthenticateRequest } from './edge/edge-hooks.js';

interface Credentials {
  readonly registry: Registry;
  readonly isToken: (token: Uint8Array) => boolean;
}

/** CONNACK codes of MQTT 3.1.1, table 3.1. */
const BAD_CREDENTIALS = { refused: 4 } as const;
const NOT_AUTHORIZED = { refused: 5 } as const;

/**
 * A device connects with client id = user name = its id and its secret; a service with the user name `token`
 * and an API token, under a client id that is no device's (PROTOCOL, Identity).
 */
export async function authenticate(
  { clientId, username, password }: Pick<AuthenticateRequest, 'clientId' | 'username' | 'password'>,
  { registry, isToken }: Credentials,
): Promise<{ principal: Principal } | { refused: 4 | 5 }> {
  if (username === undefined || password === undefined || password.length === 0) return NOT_AUTHORIZED;
  if (username === 'token' && isToken(password)) {
    const isDevice = (await registry.devices.read(clientId)) !== undefined;
    return isDevice ? NOT_AUTHORIZED : { principal: API_TOKEN };
  }
  if (clientId !== username) return NOT_AUTHORIZED;
  const isGood = await registry.devices.authenticate(clientId, password);
  return isGood ? { principal: deviceActor(clientId) } : BAD_CREDENTIALS;
}
