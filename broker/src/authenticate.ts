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
 * Authenticates a CONNECT (PROTOCOL, Identity). A device uses its id as client id and user name, and its secret as
 * password. A service uses the user name `token`, an API token as password, and a client id that no device has.
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
